import FoundationEssentials
import SheafModel
import Synchronization

/// Tells of events as they happen: lines with the elapsed time for people, or one JSON object a line for programs.
///
/// People's lines belong on standard error, JSON on standard output. The first JSON line is `{"type":"stream",…}` and
/// names the version of the stream.
package final class EventPrinter: Sendable {
    /// Grows when an event's fields change in a way that a reader must know of.
    package static let streamVersion = 1

    private struct Opening: Encodable {
        var type = "stream"
        var version = EventPrinter.streamVersion
        var time: Date
    }

    private enum Form: Sendable {
        case lines(TextStyle, clearsProgress: Bool, elapsed: @Sendable () -> Duration)
        case json
    }

    private let form: Form
    private let sink: any TextSink
    private let isOpen = Mutex(false)

    private init(form: Form, sink: any TextSink) {
        self.form = form
        self.sink = sink
    }

    /// A printer of lines for people.
    ///
    /// - Parameters:
    ///   - sink: Where the lines go; standard error, as a rule.
    ///   - terminal: Whether lines are coloured, and whether a `ProgressLine` may stand where a line begins.
    ///   - elapsed: The time since the command began.
    /// - Returns: The printer.
    package static func lines(
        to sink: any TextSink,
        terminal: Terminal,
        elapsed: @escaping @Sendable () -> Duration
    ) -> EventPrinter {
        EventPrinter(
            form: .lines(terminal.errorStyle, clearsProgress: terminal.showsProgress, elapsed: elapsed),
            sink: sink
        )
    }

    /// A printer of JSON lines for programs.
    package static func json(to sink: any TextSink) -> EventPrinter { EventPrinter(form: .json, sink: sink) }

    /// Whether programs read this, not people.
    package var isForPrograms: Bool {
        if case .json = form { return true }
        return false
    }

    /// Tells of an event.
    ///
    /// - Throws: `EncodingError` never for the events that there are.
    package func print(_ event: OutputEvent) throws {
        switch form {
        case .lines(let style, let clearsProgress, let elapsed):
            let clear = clearsProgress ? ProgressLine.clear : ""
            sink.write(clear + Self.line(event, elapsed: elapsed(), style: style) + "\n")
        case .json:
            let line = try Rendering.jsonLine(event) + "\n"
            let opening = try Rendering.jsonLine(Opening(time: event.time)) + "\n"
            isOpen.withLock { isOpen in
                sink.write(isOpen ? line : opening + line)
                isOpen = true
            }
        }
    }

    /// Writes the result of a command as the last line of its events; people read it elsewhere.
    ///
    /// - Throws: `EncodingError` never for the results that there are.
    func print(result: some Encodable, at time: Date) throws {
        guard isForPrograms else { return }
        let line = try Rendering.jsonLine(result) + "\n"
        let opening = try Rendering.jsonLine(Opening(time: time)) + "\n"
        isOpen.withLock { isOpen in
            sink.write(isOpen ? line : opening + line)
            isOpen = true
        }
    }

    private static func line(_ event: OutputEvent, elapsed: Duration, style: TextStyle) -> String {
        let (sign, role): (String, TextStyle.Role) =
            switch event.level {
            case .info: ("·", .faint)
            case .success: ("✓", .good)
            case .warning: ("!", .caution)
            case .failure: ("✗", .bad)
            }
        let time = style.text(seconds(elapsed), .faint)
        let subject = event.resource.map { PrintableText.oneLine($0) + "  " } ?? ""
        return "\(time)  \(style.text(sign, role)) \(subject)\(PrintableText.oneLine(event.message))"
    }

    /// Seconds with one digit after the point, in at least seven columns: `  12.3s`.
    static func seconds(_ duration: Duration) -> String {
        let (whole, fraction) = duration.components
        let text = "\(whole).\(fraction / 100_000_000_000_000_000)s"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }
}
