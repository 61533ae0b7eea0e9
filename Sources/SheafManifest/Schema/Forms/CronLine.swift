/// A cron line with five fields: minute, hour, day of month, month, day of week.
enum CronLine {
    /// What is wrong with a line.
    struct Problem: Error, Equatable {
        var message: String
    }

    private struct Part {
        var name: String
        var range: ClosedRange<Int>
        var words: [String] = []
    }

    private static let parts = [
        Part(name: "minute", range: 0...59),
        Part(name: "hour", range: 0...23),
        Part(name: "day of month", range: 1...31),
        Part(
            name: "month",
            range: 1...12,
            words: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        ),
        Part(name: "day of week", range: 0...7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    /// Whether a line of stars and numbers is good beyond all doubt, found out from its bytes.
    static func isPlain(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        for field in 0..<5 {
            if field > 0 {
                guard index < line.count, line[index] == UInt8(ascii: " ") else { return false }
                index += 1
            }
            if index < line.count, line[index] == UInt8(ascii: "*") {
                index += 1
                continue
            }
            let start = index
            var value = 0
            while index < line.count, (48...57).contains(line[index]), index - start < 2 {
                value = value * 10 + Int(line[index] - 48)
                index += 1
            }
            guard index > start, plainRanges[field].contains(value) else { return false }
        }
        return index == line.count
    }

    private static let plainRanges = [0...59, 0...23, 1...31, 1...12, 0...7]

    /// Checks a line.
    ///
    /// - Returns: Doubts, such as a step that is larger than its range; empty for an ordinary line.
    /// - Throws: `Problem`.
    static func check(_ line: String) throws(Problem) -> [String] {
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == parts.count else {
            throw Problem(
                message: "a cron line has 5 fields (minute hour day-of-month month day-of-week), '\(line)' has "
                    + "\(fields.count)"
            )
        }
        var doubts: [String] = []
        for (field, part) in zip(fields, parts) {
            for item in field.split(separator: ",", omittingEmptySubsequences: false) {
                if let doubt = try check(String(item), part) { doubts.append(doubt) }
            }
        }
        return doubts
    }

    private static func check(_ item: String, _ part: Part) throws(Problem) -> String? {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let base = halves.first, halves.count <= 2, isRange(base, part) else {
            throw Problem(message: "'\(item)' is no valid \(part.name) of a cron line")
        }
        guard halves.count == 2 else { return nil }
        guard let step = Int(halves[1]), step > 0 else {
            throw Problem(message: "'\(item)' has no valid step in the \(part.name) of a cron line")
        }
        let isTooLarge = step > part.range.upperBound - part.range.lowerBound
        return isTooLarge
            ? "the step of '\(item)' is larger than the range of the \(part.name): only its first value fires" : nil
    }

    private static func isRange(_ text: String, _ part: Part) -> Bool {
        if text == "*" { return true }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { value(String($0), part) }
        switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
        case (1, .some, _): return true
        case (2, .some(let low), .some(let high)): return low <= high
        default: return false
        }
    }

    private static func value(_ text: String, _ part: Part) -> Int? {
        if let number = Int(text), text.utf8.allSatisfy({ (48...57).contains($0) }) {
            return part.range.contains(number) ? number : nil
        }
        guard !text.isEmpty else { return nil }
        return part.words.firstIndex(of: text.lowercased())
    }
}
