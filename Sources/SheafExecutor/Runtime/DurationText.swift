import SheafSupervision

/// Durations as manifests write them.
enum DurationText {
    /// Reads `30s`, `10m`, `1h30m`, `500ms`; a bare number is seconds.
    ///
    /// - Returns: nil for anything else.
    static func milliseconds(_ text: String) -> Milliseconds? {
        if let seconds = Milliseconds(text) { return seconds >= 0 ? seconds * 1000 : nil }
        var rest = text[...]
        var total: Milliseconds = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !$0.isNumber }
            rest = rest.dropFirst(unit.count)
            guard let amount = Milliseconds(digits), let factor = factors[String(unit)] else { return nil }
            let (product, overflow) = amount.multipliedReportingOverflow(by: factor)
            guard !overflow, product < .max / 2, total < .max / 2 else { return nil }
            total += product
        }
        return text.isEmpty ? nil : total
    }

    /// Reads a duration that a workload's manifest holds.
    ///
    /// - Throws: `ExecutorError` with `invalid-value`.
    static func milliseconds(_ text: String, of request: WorkloadRequest) throws -> Milliseconds {
        guard let value = milliseconds(text) else {
            throw ExecutorError(
                .invalidValue,
                "cannot run \(request.title): '\(text)' is no duration",
                hint: "write it as 30s, 10m or 1h30m"
            )
        }
        return value
    }

    private static let factors: [String: Milliseconds] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
}
