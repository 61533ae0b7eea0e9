/// Writes floating-point numbers as Go's `strconv` does.
enum GoNumber {
    /// The shortest text that reads back as the value: `%v` and `%g` of Go.
    static func text(_ value: Double) -> String { general(value, precision: nil) }

    /// As `encoding/json` writes it: no exponent for everyday sizes.
    static func json(_ value: Double) -> String {
        let digits = Digits(shortest: value)
        let isOrdinary = value == 0 || (digits.exponent > -6 && digits.exponent <= 21)
        if isOrdinary { return digits.fixed(places: max(0, digits.digits.count - digits.exponent)) }
        return scientific(value, nil).replacing("e-0", with: "e-")
    }

    /// As `%f` writes it.
    static func fixed(_ value: Double, places: Int) -> String {
        special(value) ?? Digits(exact: value).roundedTo(places: places).fixed(places: places)
    }

    /// `%e`; without a precision the shortest digits.
    static func scientific(_ value: Double, _ precision: Int?) -> String {
        if let special = special(value) { return special }
        let digits = precision.map { Digits(exact: value).roundedTo(count: $0 + 1) } ?? Digits(shortest: value)
        return digits.scientific(places: precision ?? max(0, digits.digits.count - 1))
    }

    /// As `%g` writes it.
    static func general(_ value: Double, precision: Int?) -> String {
        if let special = special(value) { return special }
        let limit = precision.map { max($0, 1) }
        var digits = limit.map { Digits(exact: value).roundedTo(count: $0) } ?? Digits(shortest: value)
        digits.dropZeros()
        // The shortest form changes to an exponent from a million on.
        let exponent = digits.exponent - 1
        if value != 0, exponent < -4 || exponent >= limit ?? 6 {
            return digits.scientific(places: max(0, digits.digits.count - 1))
        }
        return digits.fixed(places: max(0, digits.digits.count - digits.exponent))
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return nil
    }
}

/// The decimal digits of a number: `0.d1d2d3… × 10^exponent`.
private struct Digits {
    var isNegative: Bool
    var digits: [UInt8]
    var exponent: Int

    /// The fewest digits that tell the value from its neighbours.
    init(shortest value: Double) {
        isNegative = value.sign == .minus
        digits = []
        exponent = 0
        var written = Substring("\(value.magnitude)")
        var shift = 0
        if let mark = written.firstIndex(of: "e") {
            shift = Int(written[written.index(after: mark)...].replacing("+", with: "")) ?? 0
            written = written[..<mark]
        }
        var isAfterPoint = false
        for byte in written.utf8 {
            if byte == UInt8(ascii: ".") {
                isAfterPoint = true
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                if !isAfterPoint { exponent += 1 }
            }
        }
        exponent += shift
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        exponent = digits.isEmpty ? 0 : exponent - zeros
        dropZeros()
    }

    /// All digits of the value, which a binary fraction has finitely many of.
    init(exact value: Double) {
        isNegative = value.sign == .minus
        digits = []
        exponent = 0
        guard value != 0 else { return }
        // value = significand × 2^power; the digits are those of a whole number, divided by 2 as often as needed.
        var significand = value.significandBitPattern
        if value.isNormal { significand |= 1 << 52 }
        let power = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        digits = String(significand).utf8.map { $0 - UInt8(ascii: "0") }
        exponent = digits.count
        for _ in 0..<max(0, power) { double() }
        for _ in 0..<max(0, -power) { halve() }
        dropZeros()
    }

    private mutating func double() {
        var carry: UInt8 = 0
        for index in digits.indices.reversed() {
            let doubled = digits[index] * 2 + carry
            digits[index] = doubled % 10
            carry = doubled / 10
        }
        guard carry > 0 else { return }
        digits.insert(carry, at: 0)
        exponent += 1
    }

    private mutating func halve() {
        var rest: UInt8 = 0
        for index in digits.indices {
            let current = digits[index] + rest * 10
            digits[index] = current / 2
            rest = current % 2
        }
        if rest > 0 { digits.append(5) }
        if digits.first == 0 {
            digits.removeFirst()
            exponent -= 1
        }
    }

    mutating func dropZeros() {
        while digits.last == 0 { digits.removeLast() }
    }

    func roundedTo(places: Int) -> Digits { roundedTo(count: exponent + places) }

    /// Half to even, on the exact value.
    func roundedTo(count: Int) -> Digits {
        guard count < digits.count else { return self }
        var result = self
        guard count >= 0 else {
            result.digits = []
            result.exponent = 0
            return result
        }
        let isHalf = digits[count] == 5 && digits.count == count + 1
        let isUp = isHalf ? count > 0 && digits[count - 1] % 2 == 1 : digits[count] >= 5
        result.digits = Array(digits.prefix(count))
        guard isUp else { return result }
        var index = count - 1
        while index >= 0, result.digits[index] == 9 {
            result.digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            result.digits[index] += 1
        } else {
            result.digits.insert(1, at: 0)
            result.exponent += 1
        }
        return result
    }

    private var sign: String { isNegative ? "-" : "" }

    private func digit(_ index: Int) -> Character {
        Character(Unicode.Scalar(UInt8(ascii: "0") + (digits.indices.contains(index) ? digits[index] : 0)))
    }

    func fixed(places: Int) -> String {
        var text = sign
        if exponent <= 0 {
            text += "0"
        } else {
            for index in 0..<exponent { text.append(digit(index)) }
        }
        guard places > 0 else { return text }
        text += "."
        for place in 0..<places {
            text.append(exponent + place < 0 ? "0" : digit(exponent + place))
        }
        return text
    }

    func scientific(places: Int) -> String {
        var text = sign + String(digit(0))
        if places > 0 {
            text += "."
            for place in 1...places { text.append(digit(place)) }
        }
        let power = digits.isEmpty ? 0 : exponent - 1
        let shown = String(power.magnitude)
        return text + (power < 0 ? "e-" : "e+") + (shown.count < 2 ? "0" + shown : shown)
    }
}
