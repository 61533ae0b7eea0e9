/// A Kubernetes quantity such as `100m`, `2` or `512Mi`.
struct Quantity: Sendable {
    /// What is measured, which decides which units are plausible.
    enum Measure: Sendable { case cpu, memory, size }

    let unit: String

    /// Parses a quantity.
    ///
    /// - Returns: nil when the text is none.
    init?(_ text: String) {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = String(text.dropFirst(number.count))
        guard !number.isEmpty, Double(String(number)) != nil, Self.units.contains(unit) || Self.isExponent(unit)
        else { return nil }
        self.unit = unit
    }

    /// What is odd about the unit, or nil.
    func oddity(for measure: Measure) -> String? {
        let isThousandth = ["m", "u", "n"].contains(unit)
        switch measure {
        case .cpu where !isThousandth && !unit.isEmpty: return "is a number of bytes, not of processors"
        case .memory where isThousandth, .size where isThousandth: return "is a fraction of a byte: 'Mi' may be meant"
        default: return nil
        }
    }

    private static let units: Set<String> = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ]

    private static func isExponent(_ unit: String) -> Bool {
        guard unit.hasPrefix("e") || unit.hasPrefix("E") else { return false }
        return Int(unit.dropFirst()) != nil
    }
}
