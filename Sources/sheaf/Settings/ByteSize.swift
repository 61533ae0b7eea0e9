/// A number of bytes as people write it: `512`, `64KiB`, `10GiB`.
struct ByteSize: Hashable {
    let bytes: Int64

    /// From the smallest on, each 1024 times the one before.
    static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

    /// - Returns: nil unless the text is a whole number with one of the units, or without, that fits.
    init?(_ text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let power = unit.isEmpty ? 0 : Self.units.firstIndex(of: String(unit)) else {
            return nil
        }
        let (bytes, isOverflow) = number.multipliedReportingOverflow(by: 1 << (10 * power))
        guard !isOverflow else { return nil }
        self.bytes = bytes
    }
}
