/// A number of bytes as people write it: `512`, `64KiB`, `10GiB`.
package struct ByteSize: Hashable, Sendable {
    package let bytes: Int64

    /// From the smallest on, each 1024 times the one before.
    package static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

    package init(bytes: Int64) { self.bytes = bytes }

    /// Parses a whole number with one of the units or without; `Gi`, as sizes of volumes are written, is `GiB`.
    ///
    /// - Returns: nil for anything else, and for what does not fit.
    package init?(_ text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let known = Self.units.firstIndex { $0 == unit || $0.hasSuffix("iB") && $0.dropLast() == unit }
        guard let number = Int64(digits), let power = unit.isEmpty ? 0 : known else { return nil }
        let (bytes, isOverflow) = number.multipliedReportingOverflow(by: 1 << (10 * power))
        guard !isOverflow else { return nil }
        self.bytes = bytes
    }
}

extension ByteSize: CustomStringConvertible {
    /// Such as `812 KiB` or `1.4 GiB`.
    package var description: String {
        var (value, unit) = (bytes, "B")
        var tenth: Int64 = 0
        for next in Self.units.dropFirst() where value >= 1_024 {
            (tenth, value, unit) = (value % 1_024 * 10 / 1_024, value / 1_024, next)
        }
        return unit == "B" || value >= 10 ? "\(value) \(unit)" : "\(value).\(tenth) \(unit)"
    }
}
