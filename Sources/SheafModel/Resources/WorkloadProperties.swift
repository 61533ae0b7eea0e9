/// What the `properties` of a service, a worker or a job ask of its supervision.
///
/// They were checked already: what makes no sense in them is taken as absent.
package struct WorkloadProperties: Hashable, Sendable {
    /// From the request to end to the kill, such as `30s`.
    package var grace: String?
    /// How many bytes of the end of the log are kept at least.
    package var logLimit: Int64
    /// Between two looks at the load, such as `15s`.
    package var scalePeriod: String?
    /// How long fewer instances must have been enough before some are ended, such as `5m`.
    package var scaleDownAfter: String?

    package static let graceProperty = "sheaf.dev/grace"
    package static let logLimitProperty = "sheaf.dev/log-limit"
    package static let scalePeriodProperty = "sheaf.dev/scale-period"
    package static let scaleDownAfterProperty = "sheaf.dev/scale-down-after"

    /// 16 MiB, some hundred thousand lines.
    package static let defaultLogLimit: Int64 = 16 << 20

    package init(_ properties: [String: JSONValue]?) {
        grace = properties?[Self.graceProperty]?.scalarText
        logLimit =
            properties?[Self.logLimitProperty]?.scalarText.flatMap(ByteSize.init(_:))?.bytes ?? Self.defaultLogLimit
        scalePeriod = properties?[Self.scalePeriodProperty]?.scalarText
        scaleDownAfter = properties?[Self.scaleDownAfterProperty]?.scalarText
    }
}

/// What the `properties` of a workflow ask for its runs.
package struct WorkflowProperties: Hashable, Sendable {
    /// How many jobs go at the same moment; nil where the manifest leaves it to Sheaf.
    package var parallelism: Int?

    package static let parallelismProperty = "sheaf.dev/parallelism"

    /// They were checked already: what makes no sense in them is taken as absent.
    package init(_ properties: [String: JSONValue]?) {
        parallelism = properties?[Self.parallelismProperty]?.scalarText.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    }
}
