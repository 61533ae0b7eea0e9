/// The attributes that `.gitattributes` files give to paths, as git has them: the last line that matches decides, and
/// deeper files come after those above them.
///
/// Only some attributes are asked for; lines that can say nothing about those are set aside once. Macros (`[attr]name`)
/// count in the file at the top, as in git. What a clone adds in `.git/info/attributes` is not read: it is no part of
/// the commit.
struct AttributeRules: Sendable {
    /// What a line says about an attribute.
    enum Value: Sendable, Hashable {
        case set
        case unset
        /// As if no line had said anything: `!name`.
        case unspecified
        case text([UInt8])
    }

    private struct Assignment: Sendable {
        let name: [UInt8]
        let value: Value
    }

    private struct Line: Sendable {
        let pattern: GlobPattern
        let assignments: [Assignment]
    }

    private let wanted: Set<[UInt8]>
    private var lines: [[[UInt8]]: [Line]] = [:]
    private var macros: [[UInt8]: [Assignment]] = [:]
    /// The lines that matter, by folder; nil until they are needed.
    private var relevant: [[[UInt8]]: [Line]]?

    /// Makes rules that answer questions about some attributes.
    init(asking wanted: [String]) { self.wanted = Set(wanted.map { Array($0.utf8) }) }

    /// Adds the lines of a file.
    ///
    /// - Parameters:
    ///   - lines: Without their ends.
    ///   - folder: The parts of the file's folder, from the top.
    mutating func add(_ lines: [ArraySlice<UInt8>], in folder: [[UInt8]]) {
        var added: [Line] = []
        for line in lines {
            let text = line.drop(while: Self.isBlank)
            if text.starts(with: "[attr]".utf8) {
                guard folder.isEmpty else { continue }
                let words = text.dropFirst("[attr]".utf8.count).split(whereSeparator: Self.isBlank)
                if let name = words.first { macros[Array(name)] = words.dropFirst().map(Self.assignment) }
            } else if let line = Self.line(text) {
                added.append(line)
            }
        }
        self.lines[folder] = added
        relevant = nil
    }

    /// What the lines say about a path; nothing for an attribute that no line names.
    mutating func values(of path: [[UInt8]], isFolder: Bool) -> [[UInt8]: Value] {
        let files = prepared()
        guard !files.isEmpty else { return [:] }
        var found: [[UInt8]: Value] = [:]
        for length in (0..<path.count).reversed() {
            guard let lines = files[Array(path[..<length])] else { continue }
            let relative = Array(path[length...])
            for line in lines.reversed() where line.pattern.matches(relative, isFolder: isFolder) {
                take(line.assignments, into: &found)
            }
        }
        return found
    }

    /// From the last to the first: what is said later was found already.
    private func take(_ assignments: [Assignment], into found: inout [[UInt8]: Value]) {
        for assignment in assignments.reversed() where found[assignment.name] == nil {
            found[assignment.name] = assignment.value
            guard assignment.value == .set, let macro = macros[assignment.name] else { continue }
            take(macro, into: &found)
        }
    }

    private mutating func prepared() -> [[[UInt8]]: [Line]] {
        if let relevant { return relevant }
        var names = wanted
        while true {
            let more = macros.filter { !names.contains($0.key) && $0.value.contains { names.contains($0.name) } }
            if more.isEmpty { break }
            names.formUnion(more.keys)
        }
        let kept = lines.mapValues { $0.filter { $0.assignments.contains { names.contains($0.name) } } }
            .filter { !$0.value.isEmpty }
        relevant = kept
        return kept
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// `pattern attribute…`; nil for a comment, and for a pattern that git does not take.
    private static func line(_ text: ArraySlice<UInt8>) -> Line? {
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        let pattern: [UInt8], rest: ArraySlice<UInt8>
        if first == UInt8(ascii: "\""), let (name, after) = QuotedName.take(from: text) {
            pattern = name
            rest = after
        } else {
            pattern = Array(text.prefix { !isBlank($0) })
            rest = text.dropFirst(pattern.count)
        }
        guard pattern.first != UInt8(ascii: "!"), let glob = GlobPattern(pattern) else { return nil }
        return Line(pattern: glob, assignments: rest.split(whereSeparator: isBlank).map(assignment))
    }

    /// `name`, `-name`, `!name` or `name=value`.
    private static func assignment(_ word: ArraySlice<UInt8>) -> Assignment {
        switch word.first {
        case UInt8(ascii: "-"): return Assignment(name: Array(word.dropFirst()), value: .unset)
        case UInt8(ascii: "!"): return Assignment(name: Array(word.dropFirst()), value: .unspecified)
        default:
            guard let sign = word.firstIndex(of: UInt8(ascii: "=")) else {
                return Assignment(name: Array(word), value: .set)
            }
            return Assignment(name: Array(word[..<sign]), value: .text(Array(word[(sign + 1)...])))
        }
    }
}
