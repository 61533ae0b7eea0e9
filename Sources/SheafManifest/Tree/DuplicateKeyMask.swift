internal import SheafModel

/// Hides repeated keys from the YAML parser, which would stop at the first of them.
///
/// The first character of a repeated key is replaced by one of the private use area, so that every position
/// stays what it is; the tree builder finds the keys again by their place.
struct DuplicateKeyMask {
    /// A line and a column, 1-based.
    struct Place: Hashable {
        var line: Int
        var column: Int
    }

    /// A key that occurs again.
    struct Repetition {
        var key: String
        var first: Place
    }

    private(set) var text: String
    private(set) var repetitions: [Place: Repetition] = [:]

    /// How many repeated keys of one document are reported.
    static let limit = 64

    init(text: String) { self.text = text }

    /// Masks the next occurrence of a key in the same mapping.
    ///
    /// - Returns: Whether it was found; when not, the parser would fail again with the same finding.
    mutating func mask(_ key: String, firstAt first: Place) -> Bool {
        guard repetitions.count < Self.limit else { return false }
        let source = SourceText(text, file: "")
        let spellings = [key, "\"\(key)\"", "'\(key)'"]
        guard let place = blockRepetition(spellings, first, source) ?? flowRepetition(spellings, first, source)
        else { return false }
        repetitions[place] = Repetition(key: key, first: first)
        replaceKey(at: place, in: source)
        return true
    }

    /// In a block mapping all keys stand in one column, until a line stands further left.
    private func blockRepetition(_ spellings: [String], _ first: Place, _ source: SourceText) -> Place? {
        guard first.line < source.lines.count else { return nil }
        for number in (first.line + 1)...source.lines.count {
            let line = source.line(number)
            let content = line.drop { $0 == " " }
            if content.isEmpty || content.hasPrefix("#") { continue }
            let indent = line.utf8.count - content.utf8.count
            if indent < first.column - 1 { return nil }
            if indent == first.column - 1, spellings.contains(where: { Self.isKey($0, at: content) }) {
                return Place(line: number, column: first.column)
            }
        }
        return nil
    }

    /// In a flow mapping the key follows at the same depth of brackets.
    private func flowRepetition(_ spellings: [String], _ first: Place, _ source: SourceText) -> Place? {
        var depth = 0
        for number in first.line...source.lines.count {
            let line = source.line(number)
            var column = 1
            for index in line.unicodeScalars.indices {
                defer { column += 1 }
                if number == first.line, column <= first.column { continue }
                switch line.unicodeScalars[index] {
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                default: break
                }
                if depth < 0 { return nil }
                guard depth == 0, spellings.contains(where: { Self.isKey($0, at: line[index...]) }) else { continue }
                let before = line[..<index].last
                if before == nil || before == " " || before == "," { return Place(line: number, column: column) }
            }
        }
        return nil
    }

    private static func isKey(_ spelling: String, at text: Substring) -> Bool {
        guard text.hasPrefix(spelling) else { return false }
        let rest = text.dropFirst(spelling.count).drop { $0 == " " }
        guard rest.hasPrefix(":") else { return false }
        let after = rest.dropFirst().first
        return after == nil || after == " " || after == "\t"
    }

    private mutating func replaceKey(at place: Place, in source: SourceText) {
        var lines = source.lines.map(String.init)
        var scalars = Array(lines[place.line - 1].unicodeScalars)
        let isQuoted = scalars[place.column - 1] == "\"" || scalars[place.column - 1] == "'"
        let index = place.column - 1 + (isQuoted ? 1 : 0)
        guard index < scalars.count, let mask = Unicode.Scalar(0xE000 + UInt32(repetitions.count)) else { return }
        scalars[index] = mask
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        lines[place.line - 1] = String(line)
        text = lines.joined(separator: "\n")
    }
}
