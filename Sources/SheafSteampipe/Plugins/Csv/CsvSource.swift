import Glibc
import SheafSystem

/// The bytes of a file, plain or packed with gzip, in a window that moves over it.
///
/// Only what is in the window is in memory; it grows for a record that is longer.
final class CsvSource {
    /// A record longer than this is taken for a broken file, not for data.
    static let longestRecord = 64 << 20
    private static let windowSize = 1 << 20

    let path: String
    private let file: Descriptor
    private let unpacker: ChildProcess?
    private let cancellation: Cancellation
    private var window: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    private(set) var isAtEnd = false
    private var isCollected = false

    init(_ path: String, cancellation: Cancellation) throws {
        self.path = path
        self.cancellation = cancellation
        if path.hasSuffix(".gz") {
            // Opened here first, so that a missing file is told as such and not as a failure of gzip.
            _ = try Descriptor.reading(path)
            let (read, write) = try Descriptor.pipe()
            unpacker = try ChildProcess(
                ["gzip", "-dc", "--", path],
                environment: ["PATH=/usr/local/bin:/usr/bin:/bin"],
                output: write
            )
            file = read
        } else {
            unpacker = nil
            file = try Descriptor.reading(path)
        }
        capacity = Self.windowSize
        window = Self.memory(capacity)
        try skipByteOrderMark()
    }

    /// Readers look at whole words, so there is memory behind the last byte.
    private static func memory(_ size: Int) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size + CsvScanner.slack, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size + CsvScanner.slack)
        return memory
    }

    private func skipByteOrderMark() throws {
        while end < 3, !isAtEnd { try fill() }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    }

    /// What is in the window and not dropped yet; good until the next `fill`.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: window + start, count: end - start) }

    /// Moves on behind a number of bytes.
    func drop(_ count: Int) { start += count }

    /// Reads more behind what is there.
    ///
    /// May be called again after it has thrown.
    func fill() throws {
        try cancellation.check()
        if start > 0 {
            window.copyMemory(from: window + start, byteCount: end - start)
            end -= start
            start = 0
        }
        if end == capacity { grow() }
        while true {
            let count = Glibc.read(file.number, window + end, capacity - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(path)") }
            if count == 0 { try finish() }
            end += count
            return
        }
    }

    private func grow() {
        let larger = Self.memory(capacity * 2)
        larger.copyMemory(from: window, byteCount: end)
        window.deallocate()
        window = larger
        capacity *= 2
    }

    private var unpackerFailed = false

    private func finish() throws {
        if let unpacker, !isCollected {
            isCollected = true
            unpackerFailed = unpacker.wait() != 0
        }
        guard !unpackerFailed else {
            throw SteampipeError("steampipe.gzip-failed", "\(path) cannot be unpacked: it is no gzip file, or damaged")
        }
        isAtEnd = true
    }

    deinit {
        window.deallocate()
        guard let unpacker, !isCollected else { return }
        unpacker.signalGroup(SIGKILL)
        _ = unpacker.wait()
    }
}
