import ArgumentParser

/// A duration as people write it: `30s`, `10m`, `1h30m`.
struct DurationArgument: ExpressibleByArgument, Hashable, Sendable {
    let value: Duration

    private static let units: [Character: Int64] = ["h": 3600, "m": 60, "s": 1]

    init(_ value: Duration) { self.value = value }

    init?(argument: String) {
        var seconds: Int64 = 0
        var digits = ""
        var units: [Character] = []
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Int64(digits), let factor = Self.units[character],
                !units.contains(character)
            else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
            guard !isTooLarge, product < 1 << 40 else { return nil }
            seconds += product
            units.append(character)
            digits = ""
        }
        guard digits.isEmpty, seconds > 0 else { return nil }
        value = .seconds(seconds)
    }

    var defaultValueDescription: String {
        let seconds = value.components.seconds
        return seconds.isMultiple(of: 60) ? "\(seconds / 60)m" : "\(seconds)s"
    }
}
