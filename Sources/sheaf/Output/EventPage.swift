import FoundationEssentials
import SheafModel
import SheafStore

/// Shows events on standard output, some now and more later.
struct EventPage {
    /// What programs see of an event.
    private struct Record: Encodable {
        var sequence: Int64
        var time: Date
        var bundle: String?
        var revision: Int?
        var type: String
        var author: String
        var detail: EventDetail
        var hash: String

        init(_ event: Event) {
            sequence = event.sequence
            time = event.time
            bundle = event.bundle
            revision = event.revision
            type = event.kind.rawValue
            author = event.author
            detail = event.detail
            hash = event.hash
        }
    }

    private static let headings = ["line", "time", "bundle", "revision", "type", "by", "what"]

    private let format: OutputFormat
    /// The table that the columns of later lines follow; nil before the first.
    private var table: TableText?

    init(_ format: OutputFormat) { self.format = format }

    /// Shows what has come since the last call: rows of one table, JSON lines, or YAML documents.
    ///
    /// - Throws: `EncodingError` never for the events that there are.
    mutating func show(_ events: [Event]) throws {
        let output = StandardStreams.output
        switch format {
        case .json: for event in events { output.write(try Rendering.jsonLine(Record(event)) + "\n") }
        case .yaml: for event in events { output.write("---\n" + (try Rendering.yaml(Record(event)))) }
        case .table:
            var rows = TableText(Self.headings)
            for event in events { rows.add(row(event)) }
            output.write(table.map { rows.renderRows(below: $0) } ?? rows.render())
            table = table ?? rows
        }
    }

    private func row(_ event: Event) -> [String?] {
        [
            String(event.sequence), Rendering.date(event.time), event.bundle, event.revision.map(String.init),
            event.kind.rawValue, event.author, EventText.summary(of: event),
        ]
    }
}
