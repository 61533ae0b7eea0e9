/// A Kubernetes quantity such as `100m`, `2` or `512Mi`.
struct Quantity: Sendable {
    /// What is measured, which decides which units are plausible.
    enum Measure: Sendable { case cpu, memory, size }

    let unit: String
    private let number: Double

    /// The amount in processors, or in bytes.
    var value: Double { number * (Self.factors[unit] ?? Self.power(unit)) }

    /// Parses a quantity.
    ///
    /// - Returns: nil when the text is none.
    init?(_ text: String) {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = String(text.dropFirst(number.count))
        guard let value = Double(String(number)), Self.factors[unit] != nil || Self.isExponent(unit) else { return nil }
        self.unit = unit
        self.number = value
    }

    /// The amount of an ordinary quantity, found out from its bytes: digits with at most one of the usual units.
    ///
    /// - Returns: nil for anything else, which may still be a quantity.
    static func plainValue(_ text: UnsafeBufferPointer<UInt8>, _ measure: Measure) -> Double? {
        var number = 0.0
        var index = 0
        while index < text.count, (48...57).contains(text[index]), index < 15 {
            number = number * 10 + Double(text[index] - 48)
            index += 1
        }
        guard index > 0 else { return nil }
        if index == text.count { return number }
        if measure == .cpu {
            return index + 1 == text.count && text[index] == UInt8(ascii: "m") ? number / 1000 : nil
        }
        guard index + 2 == text.count, text[index + 1] == UInt8(ascii: "i") else { return nil }
        switch text[index] {
        case UInt8(ascii: "K"): return number * 1024
        case UInt8(ascii: "M"): return number * 1_048_576
        case UInt8(ascii: "G"): return number * 1_073_741_824
        default: return nil
        }
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

    private static let factors: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
        "Ei": 1_152_921_504_606_846_976,
    ]

    private static func power(_ unit: String) -> Double { Double("1\(unit)") ?? 1 }

    /// Whether a text is a size as the Java machine takes it: a number with one letter, `512m` or `2g`.
    static func isJavaMemory(_ text: String) -> Bool {
        var digits = Substring(text.lowercased())
        if digits.hasSuffix("b") { digits = digits.dropLast() }
        if let last = digits.last, "kmgt".contains(last) { digits = digits.dropLast() }
        return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func isExponent(_ unit: String) -> Bool {
        guard unit.hasPrefix("e") || unit.hasPrefix("E") else { return false }
        return Int(unit.dropFirst()) != nil
    }
}
