/// A number exactly as written: JSON Schema compares by value, and a double would lose long ones.
struct DecimalNumber: Hashable, Sendable {
    private(set) var isNegative: Bool
    /// Decimal digits without zeros at either end; empty for zero.
    private(set) var digits: [UInt8]
    /// The value is `0.digits` times ten to this power; 0 for zero.
    private(set) var magnitude: Int

    static let zero = DecimalNumber(0)

    init(_ value: Int) {
        isNegative = value < 0
        digits = String(value.magnitude).utf8.map { $0 - 48 }
        magnitude = digits.count
        normalise()
    }

    /// Reads `-1.5e3` and the like, and the `0x` and `0o` of YAML.
    ///
    /// - Returns: nil for what is no number.
    init?(_ text: some Collection<UInt8>) {
        self.init(0)
        var rest = text[...]
        if rest.first == UInt8(ascii: "0"), let radix = Self.radix(rest.dropFirst().first) {
            guard let value = Int(String(decoding: rest.dropFirst(2), as: UTF8.self), radix: radix) else { return nil }
            self.init(value)
            return
        }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard let exponent = Self.exponent(rest) else { return nil }
        digits = whole.map { $0 - 48 } + fraction.map { $0 - 48 }
        magnitude = whole.count + exponent
        normalise()
    }

    private static func radix(_ mark: UInt8?) -> Int? {
        switch mark {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        default: nil
        }
    }

    private static func exponent(_ text: some Collection<UInt8>) -> Int? {
        guard let mark = text.first else { return 0 }
        guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
        // A power that no machine could write out is as good as none.
        return Int(String(decoding: text.dropFirst(), as: UTF8.self)).flatMap { abs($0) > 1_000_000 ? nil : $0 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private mutating func normalise() {
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        magnitude -= leading
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty {
            magnitude = 0
            isNegative = false
        }
    }

    /// The power of ten of the last digit.
    private var scale: Int { magnitude - digits.count }

    /// Whether there is nothing behind the point.
    var isInteger: Bool { scale >= 0 }

    /// The value where it is a whole number of that size; nil otherwise.
    var integer: Int? {
        guard isInteger, magnitude <= 19 else { return nil }
        var value = 0
        for index in 0..<magnitude {
            let (shifted, lost) = value.multipliedReportingOverflow(by: 10)
            let digit = index < digits.count ? Int(digits[index]) : 0
            let (sum, carried) = shifted.subtractingReportingOverflow(digit)
            if lost || carried { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// Whether this is the divisor times a whole number; the divisor is positive.
    func isMultiple(of divisor: DecimalNumber) -> Bool {
        if digits.isEmpty { return true }
        let shift = scale - divisor.scale
        // Without zeros at the end, this number is no multiple of ten.
        guard shift >= 0 else { return false }
        guard divisor.digits.count <= 19 else { return isRoughMultiple(of: divisor) }
        let modulus = divisor.digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
        var rest: UInt64 = 0
        for digit in digits { rest = Self.append(digit, to: rest, modulus) }
        for _ in 0..<shift where rest != 0 { rest = Self.append(0, to: rest, modulus) }
        return rest == 0
    }

    private static func append(_ digit: UInt8, to rest: UInt64, _ modulus: UInt64) -> UInt64 {
        let product = rest.multipliedFullWidth(by: 10)
        let (low, carry) = product.low.addingReportingOverflow(UInt64(digit))
        return modulus.dividingFullWidth((product.high + (carry ? 1 : 0), low)).remainder
    }

    private func isRoughMultiple(of divisor: DecimalNumber) -> Bool {
        let quotient = double / divisor.double
        return quotient.isFinite && quotient.rounded() == quotient
    }

    private var double: Double {
        let text = digits.map { String($0) }.joined()
        return Double("\(isNegative ? "-" : "")0.\(text)e\(magnitude)") ?? .infinity
    }
}

extension DecimalNumber: Comparable {
    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? isSmaller(right, left) : isSmaller(left, right)
    }

    /// Compares without the sign.
    private static func isSmaller(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
        if left.digits.isEmpty || right.digits.isEmpty { return left.digits.isEmpty && !right.digits.isEmpty }
        if left.magnitude != right.magnitude { return left.magnitude < right.magnitude }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}

extension DecimalNumber: CustomStringConvertible {
    /// In digits where they are few, with a power of ten otherwise.
    var description: String {
        let sign = isNegative ? "-" : ""
        let text = digits.map { String($0) }.joined()
        if digits.isEmpty { return "0" }
        if isInteger, magnitude <= 21 { return sign + text + String(repeating: "0", count: magnitude - digits.count) }
        if !isInteger, magnitude > 0 { return sign + text.prefix(magnitude) + "." + text.dropFirst(magnitude) }
        if !isInteger, magnitude > -7 { return sign + "0." + String(repeating: "0", count: -magnitude) + text }
        return "\(sign)0.\(text)e\(magnitude)"
    }
}
