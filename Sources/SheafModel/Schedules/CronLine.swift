/// A cron line with five fields: minute, hour, day of month, month, day of week.
///
/// A field is a list of values, ranges and steps: `5`, `1-5`, `*/10`, `5/10` (from 5 on), `mon,wed-fri`. Where both days
/// are restricted, either suffices, as in cron. Macros such as `@daily` are no cron lines of the platform.
package struct CronLine: Hashable, Sendable {
    /// What is wrong with a line.
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
    }

    /// A set of small numbers.
    struct Values: Hashable, Sendable {
        private var bits: UInt64 = 0

        mutating func insert(_ value: Int) { bits |= 1 << UInt64(value) }
        func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

        /// The least value that is at least as large; nil when there is none.
        func first(from value: Int) -> Int? {
            guard value < UInt64.bitWidth else { return nil }
            let rest = bits & (UInt64.max << UInt64(value))
            return rest == 0 ? nil : rest.trailingZeroBitCount
        }
    }

    /// One field: its values, and whether it begins with a star.
    struct Field: Hashable, Sendable {
        var values = Values()
        var isStar = false
    }

    private struct Part {
        var name: String
        /// What a star stands for.
        var range: ClosedRange<Int>
        /// The largest number that may be written.
        var highest: Int
        var words: [String] = []

        init(_ name: String, _ range: ClosedRange<Int>, highest: Int? = nil, words: [String] = []) {
            (self.name, self.range, self.words) = (name, range, words)
            self.highest = highest ?? range.upperBound
        }
    }

    let minute: Field
    let hour: Field
    let day: Field
    let month: Field
    /// From 0 for Sunday to 6.
    let weekday: Field
    /// What is odd about the line, in words; empty for an ordinary one.
    package let doubts: [String]

    private static let parts = [
        Part("minute", 0...59),
        Part("hour", 0...23),
        Part("day of month", 1...31),
        Part(
            "month",
            1...12,
            words: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        ),
        // Sunday has two numbers.
        Part("day of week", 0...6, highest: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    /// Reads a line.
    ///
    /// - Throws: `Problem`.
    package init(_ line: String) throws(Problem) {
        let texts = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard texts.count == Self.parts.count else {
            throw Problem(
                message: "a cron line has 5 fields (minute hour day-of-month month day-of-week), '\(line)' has "
                    + "\(texts.count)"
            )
        }
        var doubts: [String] = []
        var fields: [Field] = []
        for (text, part) in zip(texts, Self.parts) { fields.append(try Self.field(text, part, &doubts)) }
        if fields[4].values.contains(7) { fields[4].values.insert(0) }
        (minute, hour, day, month, weekday) = (fields[0], fields[1], fields[2], fields[3], fields[4])
        self.doubts = doubts + (Self.hasDay(fields) ? [] : ["'\(line)' never fires: none of its months has such a day"])
    }

    /// Whether no time fits, such as 30 February.
    package var neverFires: Bool { !Self.hasDay([minute, hour, day, month, weekday]) }

    /// Whether either of the days suffices.
    var takesEitherDay: Bool { !day.isStar && !weekday.isStar }

    /// Every weekday falls on every day of the year at some time, so only the days of months can exclude each other.
    private static func hasDay(_ fields: [Field]) -> Bool {
        let (day, month, weekday) = (fields[2], fields[3], fields[4])
        if !day.isStar && !weekday.isStar { return true }
        guard let first = day.values.first(from: 1) else { return false }
        return (1...12).contains { month.values.contains($0) && first <= WallTime.longest(month: $0) }
    }

    // MARK: Reading

    private static func field(_ text: String, _ part: Part, _ doubts: inout [String]) throws(Problem) -> Field {
        var field = Field()
        field.isStar = text.hasPrefix("*")
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            try add(String(item), part, to: &field.values, &doubts)
        }
        return field
    }

    private static func add(
        _ item: String,
        _ part: Part,
        to values: inout Values,
        _ doubts: inout [String]
    ) throws(Problem) {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let base = halves.first, halves.count <= 2, var range = range(base, part) else {
            throw Problem(message: "'\(item)' is no valid \(part.name) of a cron line")
        }
        guard halves.count == 2 else {
            for value in range { values.insert(value) }
            return
        }
        guard let step = number(halves[1]), step > 0 else {
            throw Problem(message: "'\(item)' has no valid step in the \(part.name) of a cron line")
        }
        // A value with a step is where the steps begin.
        if !base.contains("-") { range = range.lowerBound...max(range.upperBound, part.range.upperBound) }
        // Larger ones overflow nothing and mean the same.
        for value in stride(from: range.lowerBound, through: range.upperBound, by: min(step, 100)) {
            values.insert(value)
        }
        if step > part.range.upperBound - part.range.lowerBound {
            doubts.append(
                "the step of '\(item)' is larger than the range of the \(part.name): only its first value fires"
            )
        }
    }

    private static func range(_ text: String, _ part: Part) -> ClosedRange<Int>? {
        if text == "*" { return part.range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { value(String($0), part) }
        guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high else { return nil }
        return low...high
    }

    private static func value(_ text: String, _ part: Part) -> Int? {
        if let number = number(text) { return (part.range.lowerBound...part.highest).contains(number) ? number : nil }
        guard !text.isEmpty else { return nil }
        return part.words.firstIndex(of: text.lowercased())
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}
