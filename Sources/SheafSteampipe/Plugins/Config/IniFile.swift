/// An INI file: sections of keys, with the comments above them.
///
/// Keys before the first section are in the section `DEFAULT`, as in Steampipe. Values in quotes lose them; ` #` and
/// ` ;` begin a comment behind a value; a `\` at the end of a line joins it with the next.
package struct IniFile: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package var name: String
        package var value: String
        package var comment: String
    }

    package struct Section: Hashable, Sendable {
        package var name: String
        package var comment: String
        package var keys: [Key] = []
    }

    package private(set) var sections = [Section(name: "DEFAULT", comment: "")]

    /// - Throws: `SteampipeError` for a line that is neither a section, a key, nor a comment.
    package init(_ text: String, path: String) throws {
        var comments: [String] = []
        var number = 0
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(Self.trimmed)[...]
        if let first = lines.first, first.unicodeScalars.first == "\u{FEFF}" {
            lines[0] = String(first.unicodeScalars.dropFirst())
        }
        while var line = lines.popFirst() {
            number += 1
            let start = number
            while line.hasSuffix("\\"), let next = lines.popFirst() {
                number += 1
                line = line.dropLast() + next
            }
            if line.isEmpty {
                comments = []
            } else if line.hasPrefix("#") || line.hasPrefix(";") {
                comments.append(line)
            } else if line.hasPrefix("[") {
                guard let end = line.lastIndex(of: "]") else {
                    throw Self.wrong(path, start, "the section is not closed")
                }
                let name = Self.trimmed(line[line.index(after: line.startIndex)..<end])
                open(name, comment: comments.joined(separator: "\n"))
                comments = []
            } else {
                guard let split = line.firstIndex(where: { $0 == "=" || $0 == ":" }), split > line.startIndex else {
                    throw Self.wrong(path, start, "neither a section, a key, nor a comment")
                }
                let (value, behind) = Self.value(Self.trimmed(line[line.index(after: split)...]))
                let comment = (comments + (behind.isEmpty ? [] : [behind])).joined(separator: "\n")
                set(Key(name: Self.trimmed(line[..<split]), value: value, comment: comment))
                comments = []
            }
        }
    }

    private var current = 0

    private mutating func open(_ name: String, comment: String) {
        if let known = sections.firstIndex(where: { $0.name == name }) {
            current = known
        } else {
            sections.append(Section(name: name, comment: comment))
            current = sections.count - 1
        }
    }

    /// A key that is there twice has its last value.
    private mutating func set(_ key: Key) {
        if let known = sections[current].keys.firstIndex(where: { $0.name == key.name }) {
            sections[current].keys[known] = key
        } else {
            sections[current].keys.append(key)
        }
    }

    private static func value(_ text: String) -> (value: String, comment: String) {
        if let quote = text.first, "\"'`".contains(quote),
            let end = text.dropFirst().lastIndex(of: quote)
        {
            return (String(text[text.index(after: text.startIndex)..<end]), "")
        }
        let characters = Array(text)
        for index in characters.indices
        where "#;".contains(characters[index]) && (index == 0 || characters[index - 1] == " ") {
            return (trimmed(String(characters[..<index])), String(characters[index...]))
        }
        return (text, "")
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static func wrong(_ path: String, _ line: Int, _ reason: String) -> SteampipeError {
        SteampipeError("steampipe.invalid-ini", "fail to read file: \(path):\(line): \(reason)")
    }
}
