import CLinux
import Glibc

/// An open file that is closed with its owner.
package final class Descriptor: Sendable {
    package let number: Int32

    /// Takes over a descriptor.
    package init(owning number: Int32) { self.number = number }

    /// Opens a file for reading.
    package static func reading(_ path: String) throws -> Descriptor {
        let number = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard number >= 0 else { throw SystemError("open \(path)") }
        return Descriptor(owning: number)
    }

    /// Both ends of a pipe, closed in children.
    package static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard sheaf_pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Reads at most a number of bytes, waiting for the first; empty at the end of the file.
    package func read(atMost count: Int = 65_536) throws -> [UInt8] {
        while true {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                let got = Glibc.read(number, buffer.baseAddress, count)
                failure = got < 0 ? errno : 0
                filled = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw SystemError("read", number: failure) }
            return bytes
        }
    }

    deinit { close(number) }
}
