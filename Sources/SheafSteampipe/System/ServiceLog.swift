import Glibc
import Synchronization

/// Lines for the person who runs the service, on one descriptor, whole also when several threads write.
package final class ServiceLog: Sendable {
    private let descriptor: Mutex<Int32>

    /// - Parameter descriptor: Standard error unless told; is not closed by the log.
    package init(descriptor: Int32 = 2) { self.descriptor = Mutex(descriptor) }

    /// Writes a line; a reader that is gone is no reason to stop serving.
    package func write(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        descriptor.withLock { descriptor in
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }
}
