import Glibc
import SheafSystem

/// A line that somebody types without seeing it.
enum HiddenLine {
    private static let interrupt: UInt8 = 3
    private static let endOfText: UInt8 = 4
    private static let eraseLine: UInt8 = 21
    private static let erase: Set<UInt8> = [8, 127]

    /// Reads up to the end of the line, without it.
    ///
    /// The terminal is put back before anything else happens, also for Ctrl-C, which then ends the process as it always
    /// does: so nobody is left with a terminal that shows nothing.
    /// - Parameter descriptor: Of a terminal.
    /// - Returns: What was typed, as bytes.
    /// - Throws: `SystemError` when the terminal cannot be told, or read.
    static func read(from descriptor: Int32) throws(SystemError) -> [UInt8] {
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { throw SystemError("look at the terminal") }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(descriptor, TCSAFLUSH, &hidden) == 0 else { throw SystemError("silence the terminal") }
        var line: [UInt8] = []
        let end = take(descriptor, into: &line)
        let number = errno
        tcsetattr(descriptor, TCSAFLUSH, &before)
        switch end {
        case .interrupted: raise(SIGINT)
        case .failed: throw SystemError("read the terminal", number: number)
        case .line: break
        }
        return line
    }

    private enum End { case line, interrupted, failed }

    private static func take(_ descriptor: Int32, into line: inout [UInt8]) -> End {
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failed }
            switch byte {
            case _ where count == 0: return .line
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), endOfText: return .line
            case interrupt: return .interrupted
            case eraseLine: line = []
            case let byte where erase.contains(byte): eraseCharacter(&line)
            default: line.append(byte)
            }
        }
    }

    /// Drops the last character with all its bytes.
    private static func eraseCharacter(_ line: inout [UInt8]) {
        while let byte = line.popLast(), byte & 0xC0 == 0x80 {}
    }
}
