import SheafSupervision
import SheafSystem

/// What the last health check of a container has found, kept so that not everybody who looks asks again.
struct HealthRecord: Hashable, Sendable {
    /// When the container's process was started: what an earlier one was like tells nothing.
    var started: Milliseconds
    var asked: Milliseconds
    /// Nil when it is well.
    var shortfall: String?

    private static let header = EscapedLines.Line("sheaf-health", "1")

    /// Until it is asked again, by what was found: as engines do by default, and often while somebody waits for it.
    private var period: Milliseconds { shortfall == nil ? 30_000 : 500 }

    func isFresh(at now: Milliseconds) -> Bool { now >= asked && now - asked < period }

    var encoded: [UInt8] {
        EscapedLines.encode(
            [Self.header, .init("started", String(started)), .init("asked", String(asked))]
                + (shortfall.map { [.init("shortfall", $0)] } ?? [])
        )
    }

    /// Reads what `encoded` gave.
    ///
    /// - Returns: nil for anything else: then it is asked anew.
    init?(_ text: String) {
        guard let lines = try? EscapedLines.decode(text), lines.first == Self.header else { return nil }
        let values = Dictionary(lines.map { ($0.key, $0.value) }) { first, _ in first }
        guard let started = values["started"].flatMap(Milliseconds.init),
            let asked = values["asked"].flatMap(Milliseconds.init)
        else { return nil }
        (self.started, self.asked, shortfall) = (started, asked, values["shortfall"])
    }

    init(started: Milliseconds, asked: Milliseconds, shortfall: String?) {
        (self.started, self.asked, self.shortfall) = (started, asked, shortfall)
    }
}
