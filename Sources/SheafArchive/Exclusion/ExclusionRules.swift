/// What stays out of an archive: `export-ignore` in `.gitattributes` files and the patterns of `.sheafignore` files.
///
/// Both are read from the source itself, never from the machine's git configuration, so that a commit gives the same
/// members everywhere. Paths here start at the repository's root, because a `.gitattributes` above the bundle counts
/// too.
struct ExclusionRules: Sendable {
    /// The names of the files that hold rules.
    static let attributesName = ".gitattributes"
    static let ignoreName = ".sheafignore"

    private struct Rule: Sendable {
        let pattern: GlobPattern
        let excludes: Bool
    }

    private var attributes: [[[UInt8]]: [Rule]] = [:]
    private var ignores: [[[UInt8]]: [Rule]] = [:]

    /// Whether nothing is excluded at all.
    var isEmpty: Bool { attributes.isEmpty && ignores.isEmpty }

    /// Adds the lines of a `.gitattributes` or `.sheafignore` file; other names are no rules.
    mutating func add(file name: [UInt8], in folder: [[UInt8]], content: [UInt8]) {
        let lines = content.split(separator: UInt8(ascii: "\n")).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        if name.elementsEqual(Self.attributesName.utf8) {
            let rules = lines.compactMap(Self.attributeRule)
            if !rules.isEmpty { attributes[folder] = rules }
        } else if name.elementsEqual(Self.ignoreName.utf8) {
            let rules = lines.compactMap(Self.ignoreRule)
            if !rules.isEmpty { ignores[folder] = rules }
        }
    }

    /// Whether a path itself is excluded; the folders above it are not looked at.
    func excludes(_ path: [[UInt8]], isFolder: Bool) -> Bool {
        verdict(attributes, path, isFolder) || verdict(ignores, path, isFolder)
    }

    /// Whether a path or a folder above it is excluded.
    ///
    /// - Parameters:
    ///   - path: Parts from the repository's root.
    ///   - depth: How many leading parts are the bundle's own folder, which is never excluded.
    ///   - known: Remembers folders between calls.
    /// - Returns: False for a path that nothing excludes.
    func excludes(_ path: [[UInt8]], below depth: Int, known: inout [[[UInt8]]: Bool]) -> Bool {
        guard !isEmpty else { return false }
        for length in depth + 1..<max(path.count, depth + 1) {
            let folder = Array(path[..<length])
            let isOut = known[folder] ?? excludes(folder, isFolder: true)
            known[folder] = isOut
            if isOut { return true }
        }
        return excludes(path, isFolder: false)
    }

    /// The last rule that matches decides, and deeper files come after the ones above them.
    private func verdict(_ files: [[[UInt8]]: [Rule]], _ path: [[UInt8]], _ isFolder: Bool) -> Bool {
        guard !files.isEmpty else { return false }
        for length in (0..<path.count).reversed() {
            guard let rules = files[Array(path[..<length])] else { continue }
            let relative = Array(path[length...])
            if let rule = rules.last(where: { $0.pattern.matches(relative, isFolder: isFolder) }) {
                return rule.excludes
            }
        }
        return false
    }

    private static func ignoreRule(_ line: ArraySlice<UInt8>) -> Rule? {
        var text = line
        guard text.first != UInt8(ascii: "#") else { return nil }
        while text.last == UInt8(ascii: " "), text.dropLast().last != UInt8(ascii: "\\") { text = text.dropLast() }
        let isKept = text.first == UInt8(ascii: "!")
        if isKept { text = text.dropFirst() }
        return GlobPattern(Array(text)).map { Rule(pattern: $0, excludes: !isKept) }
    }

    /// `pattern attribute…`; only `export-ignore` matters here.
    private static func attributeRule(_ line: ArraySlice<UInt8>) -> Rule? {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let text = line.drop(while: isBlank)
        guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "!") else { return nil }
        let pattern: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
        if first == UInt8(ascii: "\""), let end = text.dropFirst().firstIndex(of: UInt8(ascii: "\"")) {
            pattern = text[(text.startIndex + 1)..<end]
            rest = text[(end + 1)...]
        } else {
            pattern = text.prefix { !isBlank($0) }
            rest = text.dropFirst(pattern.count)
        }
        let words = rest.split(whereSeparator: isBlank).filter { word in
            word.elementsEqual("export-ignore".utf8) || word.elementsEqual("-export-ignore".utf8)
                || word.elementsEqual("!export-ignore".utf8) || word.starts(with: "export-ignore=".utf8)
        }
        guard let word = words.last, let glob = GlobPattern(Array(pattern)) else { return nil }
        return Rule(pattern: glob, excludes: word.count == "export-ignore".utf8.count)
    }
}
