/// Arithmetic of sprig, which takes texts for the numbers that they hold and everything else for zero.
enum NumberFunctions {
    static let all: [TemplateFunction] = whole + decimal

    private static let whole: [TemplateFunction] = [
        TemplateFunction("int", 1) { a in .integer(integer(a[0])) },
        TemplateFunction("int64", 1) { a in .integer(integer(a[0])) },
        TemplateFunction("atoi", 1) { a in .integer(Int64(try a.text(0)) ?? 0) },
        TemplateFunction("toDecimal", 1) { a in .integer(Int64(try a.string(a[0]), radix: 8) ?? 0) },
        TemplateFunction("add", atLeast: 0) { a in .integer(a.values.reduce(0) { $0 &+ integer($1) }) },
        TemplateFunction("add1", 1) { a in .integer(integer(a[0]) &+ 1) },
        TemplateFunction("sub", 2) { a in .integer(integer(a[0]) &- integer(a[1])) },
        TemplateFunction("mul", atLeast: 1) { a in .integer(a.rest(1).reduce(integer(a[0])) { $0 &* integer($1) }) },
        TemplateFunction("div", 2) { a in .integer(try divided(a).quotient) },
        TemplateFunction("mod", 2) { a in .integer(try divided(a).remainder) },
        TemplateFunction("max", atLeast: 1, largest),
        TemplateFunction("biggest", atLeast: 1, largest),
        TemplateFunction("min", atLeast: 1) { a in .integer(a.values.map(integer).min() ?? 0) },
        TemplateFunction("seq", 1...3, sequence),
    ]

    private static let decimal: [TemplateFunction] = [
        TemplateFunction("float64", 1) { a in .number(number(a[0])) },
        TemplateFunction("ceil", 1) { a in .number(number(a[0]).rounded(.up)) },
        TemplateFunction("floor", 1) { a in .number(number(a[0]).rounded(.down)) },
        TemplateFunction("round", 2...3) { a in
            let factor = power(try a.integer(1))
            let scaled = number(a[0]) * factor
            let limit = a.count > 2 ? number(a[2]) : 0.5
            let isUp = scaled - scaled.rounded(.down) >= limit
            return .number(scaled.rounded(isUp ? .up : .down) / factor)
        },
        TemplateFunction("addf", atLeast: 0) { a in .number(a.values.reduce(0) { $0 + number($1) }) },
        TemplateFunction("add1f", 1) { a in .number(number(a[0]) + 1) },
        TemplateFunction("subf", atLeast: 1) { a in .number(a.rest(1).reduce(number(a[0])) { $0 - number($1) }) },
        TemplateFunction("mulf", atLeast: 1) { a in .number(a.rest(1).reduce(number(a[0])) { $0 * number($1) }) },
        TemplateFunction("divf", atLeast: 1) { a in .number(a.rest(1).reduce(number(a[0])) { $0 / number($1) }) },
        TemplateFunction("maxf", atLeast: 1) { a in .number(a.values.map(number).max() ?? 0) },
        TemplateFunction("minf", atLeast: 1) { a in .number(a.values.map(number).min() ?? 0) },
    ]

    // MARK: Conversions

    static func integer(_ value: TemplateValue) -> Int64 {
        switch value {
        case .bool(let flag): flag ? 1 : 0
        case .integer(let number): number
        case .number(let number): Int64(exactly: number.rounded(.towardZero)) ?? 0
        case .text(let text):
            switch TemplateLiteral.number(text) {
            case .integer(let number): number
            case .decimal(let number): Int64(exactly: number.rounded(.towardZero)) ?? 0
            case nil: 0
            }
        case .missing, .null, .list, .map, .record: 0
        }
    }

    private static func number(_ value: TemplateValue) -> Double {
        switch value {
        case .number(let number): number
        case .text(let text): Double(text) ?? 0
        default: Double(integer(value))
        }
    }

    // MARK: Bodies

    private static func largest(_ a: TemplateArguments) -> TemplateValue {
        .integer(a.values.map(integer).max() ?? 0)
    }

    private static func divided(
        _ a: TemplateArguments
    ) throws -> (quotient: Int64, remainder: Int64) {
        let (dividend, divisor) = (integer(a[0]), integer(a[1]))
        guard divisor != 0 else { throw TemplateProblem("a number cannot be divided by zero", argument: 1) }
        // The one overflow: the least number divided by -1, which Go gives back unchanged.
        if divisor == -1 { return (0 &- dividend, 0) }
        return dividend.quotientAndRemainder(dividingBy: divisor)
    }

    private static func power(_ exponent: Int) -> Double {
        var factor = 1.0
        for _ in 0..<min(exponent.magnitude, 308) { factor *= 10 }
        return exponent < 0 ? 1 / factor : factor
    }

    /// The numbers as the command `seq` prints them, with spaces between.
    private static func sequence(_ a: TemplateArguments) throws -> TemplateValue {
        let start = a.count > 1 ? try a.integer(0) : 1
        let end = try a.integer(a.count - 1)
        let step = a.count > 2 ? try a.integer(1) : end < start ? -1 : 1
        guard step != 0 else { return .text("") }
        var numbers: [String] = []
        for number in stride(from: start, through: end, by: step) {
            try a.context.spend()
            numbers.append(String(number))
        }
        return try a.make(numbers.joined(separator: " "))
    }
}
