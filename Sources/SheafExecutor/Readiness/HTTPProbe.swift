import CLinux
import Glibc

/// One request to a service on the loopback address.
struct HTTPProbe: Sendable {
    let port: Int
    let path: String
    let timeout: Duration

    /// What an answer begins with, such as `HTTP/1.1 200 OK`; longer ones are none.
    private static let longestLine = 4096

    /// Why the service is not well, in words; nil when it answers with a status from 200 to 399.
    ///
    /// Blocks for the timeout at most.
    var failure: String? {
        let deadline = ContinuousClock.now + timeout
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return "GET \(path) was not sent: \(reason)" }
        defer { close(descriptor) }
        if !connect(descriptor) {
            guard errno == EINPROGRESS else { return "GET \(path): \(reason)" }
            guard wait(for: descriptor, POLLOUT, until: deadline) else { return late }
        }
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: sheaf\r\nAccept: */*\r\nConnection: close\r\n\r\n"
                .utf8
        )
        guard send(request, on: descriptor, until: deadline) else { return lost(until: deadline) }
        guard let line = firstLine(of: descriptor, until: deadline) else { return lost(until: deadline) }
        let words = line.split(separator: " ")
        guard line.hasPrefix("HTTP/"), words.count > 1, let status = Int(words[1]) else {
            return "GET \(path) was answered with what is no HTTP"
        }
        return (200..<400).contains(status) ? nil : "GET \(path) answered \(status)"
    }

    private var reason: String { String(cString: strerror(errno)) }
    private var late: String { "GET \(path) was not answered within \(timeout.inWords)" }

    private func lost(until deadline: ContinuousClock.Instant) -> String {
        .now >= deadline ? late : "GET \(path): the connection was closed without an answer"
    }

    private func connect(_ descriptor: Int32) -> Bool {
        PortProbe.withAddress(port) { Glibc.connect(descriptor, $0, $1) == 0 }
    }

    private func send(_ bytes: [UInt8], on descriptor: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                guard wait(for: descriptor, POLLOUT, until: deadline) else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Nil when none came in time.
    private func firstLine(of descriptor: Int32, until deadline: ContinuousClock.Instant) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while !bytes.contains(UInt8(ascii: "\n")), bytes.count < Self.longestLine {
            guard wait(for: descriptor, POLLIN, until: deadline) else { return nil }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                break
            }
        }
        guard !bytes.isEmpty else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private func wait(for descriptor: Int32, _ event: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        while true {
            let ready = poll(&entry, 1, deadline.millisecondsLeft)
            if ready < 0, errno == EINTR { continue }
            return ready > 0
        }
    }
}

extension ContinuousClock.Instant {
    /// As `poll` takes them: none when it has passed.
    var millisecondsLeft: Int32 {
        let left = max(self - .now, .zero).components
        return Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
    }
}

extension Duration {
    /// Such as `2s` or `500ms`.
    var inWords: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
