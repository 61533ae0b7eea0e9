/// When a service or a worker counts as ready, beyond what is always asked of it, as the bundle wants it.
///
/// Written as `sheaf.dev/readiness` among the bundle's properties, by the ids of items:
/// `{web: {http: /health, period: 500ms, timeout: 2s, threshold: 2}}`, or with `command: [...]` in place of `http`.
package struct ReadinessRule: Codable, Hashable, Sendable {
    /// A path that the service has to answer with a status from 200 to 399; services only.
    package var http: String?
    /// A command that has to end with 0, run where and as what the process itself runs.
    package var command: [String]?
    /// Between two probes, as the manifest writes it; nil for half a second.
    package var period: String?
    /// For one probe, as the manifest writes it; nil for a second.
    package var timeout: String?
    /// How many probes in a row have to succeed; nil for one.
    package var threshold: Int?

    /// Among `bundle.properties`.
    package static let property = "sheaf.dev/readiness"

    package init(
        http: String? = nil,
        command: [String]? = nil,
        period: String? = nil,
        timeout: String? = nil,
        threshold: Int? = nil
    ) {
        self.http = http
        self.command = command
        self.period = period
        self.timeout = timeout
        self.threshold = threshold
    }

    /// Reads a rule that was checked already.
    ///
    /// - Returns: nil where it asks for nothing.
    package init?(_ value: JSONValue?) {
        guard let value, value["http"] != nil || value["command"] != nil else { return nil }
        let words = value["command"].map { ($0.arrayValue ?? [$0]).compactMap(\.scalarText) }
        self.init(
            http: value["http"]?.scalarText,
            command: words,
            period: value["period"]?.scalarText,
            timeout: value["timeout"]?.scalarText,
            threshold: value["threshold"]?.integerValue.map { Int($0) }
        )
    }

    /// As it is written.
    package var json: JSONValue {
        var fields: [String: JSONValue] = [:]
        fields["http"] = http.map { .string($0) }
        fields["command"] = command.map { .array($0.map { .string($0) }) }
        fields["period"] = period.map { .string($0) }
        fields["timeout"] = timeout.map { .string($0) }
        fields["threshold"] = threshold.map { .integer(Int64($0)) }
        return .object(fields)
    }
}
