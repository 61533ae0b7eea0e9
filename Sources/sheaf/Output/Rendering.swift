package import FoundationEssentials
import SheafModel

/// Shows the result of a command in the form that the user asked for.
package enum Rendering {
    /// Writes a value to a sink as JSON, as YAML, or as the table that a closure makes.
    ///
    /// - Parameters:
    ///   - value: What programs see. Its keys are a promise: scripts rely on them.
    ///   - format: What the user asked for.
    ///   - sink: Where it goes.
    ///   - table: Called for `table` only; its text must end its last line itself.
    /// - Throws: `EncodingError` for numbers that JSON cannot hold, or what the closure throws.
    package static func show(
        _ value: some Encodable,
        as format: OutputFormat,
        to sink: some TextSink = StandardStreams.output,
        table: () throws -> String
    ) throws {
        switch format {
        case .table: sink.write(try table())
        case .json: sink.write(try json(value) + "\n")
        case .yaml: sink.write(try yaml(value))
        }
    }

    /// The value as JSON on several lines, without an end of the last line.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold.
    package static func json(_ value: some Encodable) throws -> String {
        String(decoding: try encoder(isPretty: true).encode(value), as: UTF8.self)
    }

    /// The value as JSON on one line, without its end.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold.
    package static func jsonLine(_ value: some Encodable) throws -> String {
        String(decoding: try encoder(isPretty: false).encode(value), as: UTF8.self)
    }

    /// The value as a YAML document.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold.
    package static func yaml(_ value: some Encodable) throws -> String {
        let data = try encoder(isPretty: false).encode(value)
        return YAMLText.render(try CanonicalJSON.decode(JSONValue.self, from: data))
    }

    /// A date as all output has it: ISO 8601, UTC, whole seconds.
    package static func date(_ date: Date) -> String { date.formatted(.iso8601) }

    private static func encoder(isPretty: Bool) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
