import Glibc

/// What the gateway has to say to people: lines in its log.
enum GatewayLog {
    /// Writes one line to standard error.
    static func note(_ text: String) {
        let line = Array("\(text)\n".utf8)
        // A log that cannot be written has no other place to complain to.
        _ = write(2, line, line.count)
    }
}
