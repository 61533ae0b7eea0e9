/// What stays out of an archive: `export-ignore` in `.gitattributes` files and the patterns of `.sheafignore` files.
///
/// Both are read from the source itself, never from the machine's git configuration, so that a commit gives the same
/// members everywhere. Paths here start at the repository's root, because a `.gitattributes` above the bundle counts
/// too.
struct ExclusionRules: Sendable {
    /// The names of the files that hold rules.
    static let attributesName = ".gitattributes"
    static let ignoreName = ".sheafignore"

    /// A larger file is refused before it is read: rules are held in memory.
    static let mostBytes: Int64 = 1 << 20

    /// Refuses a file that is too large to hold rules.
    ///
    /// - Throws: `ArchiveError` of kind `tooLarge`.
    static func checkSize(_ size: Int64, of path: [UInt8]) throws {
        guard size > mostBytes else { return }
        throw ArchiveError(
            .tooLarge,
            "\(EscapedText.of(path)) has \(size) bytes, and a file with rules may have \(mostBytes)",
            hint: "write fewer rules: patterns such as 'folder/**' stand for many files"
        )
    }

    private struct Rule: Sendable {
        let pattern: GlobPattern
        let excludes: Bool
    }

    private static let exportIgnore = Array("export-ignore".utf8)
    private static let filter = Array("filter".utf8)
    /// Declares that a submodule is part of the bundle.
    private static let submodule = Array("sheaf-submodule".utf8)

    private var attributes = AttributeRules(asking: ["export-ignore", "filter", "sheaf-submodule"])
    private var ignores: [[[UInt8]]: [Rule]] = [:]
    /// Whether there are no rules at all.
    private(set) var isEmpty = true

    /// Adds the lines of a `.gitattributes` or `.sheafignore` file; other names are no rules.
    mutating func add(file name: [UInt8], in folder: [[UInt8]], content: [UInt8]) {
        // Editors of Windows put a mark before the first line.
        let text = content.starts(with: [0xef, 0xbb, 0xbf]) ? content.dropFirst(3) : content[...]
        let lines = text.split(separator: UInt8(ascii: "\n")).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        if name.elementsEqual(Self.attributesName.utf8) {
            attributes.add(lines, in: folder)
            isEmpty = false
        } else if name.elementsEqual(Self.ignoreName.utf8) {
            let rules = lines.compactMap(Self.ignoreRule)
            if !rules.isEmpty { ignores[folder] = rules }
            isEmpty = false
        }
    }

    /// Whether a path itself is excluded; the folders above it are not looked at.
    mutating func excludes(_ path: [[UInt8]], isFolder: Bool) -> Bool {
        attributes.values(of: path, isFolder: isFolder)[Self.exportIgnore] == .set || isIgnored(path, isFolder)
    }

    /// Whether the files say that git LFS has the content of a file.
    mutating func isLarge(_ path: [[UInt8]]) -> Bool {
        attributes.values(of: path, isFolder: false)[Self.filter] == .text(Array("lfs".utf8))
    }

    /// Whether the files declare that a submodule is part of the bundle.
    mutating func declaresSubmodule(_ path: [[UInt8]]) -> Bool {
        attributes.values(of: path, isFolder: true)[Self.submodule] == .set
    }

    /// Whether a path or a folder above it is excluded.
    ///
    /// - Parameters:
    ///   - path: Parts from the repository's root.
    ///   - depth: How many leading parts are the bundle's own folder, which is never excluded.
    ///   - known: Remembers folders between calls.
    /// - Returns: False for a path that nothing excludes.
    mutating func excludes(_ path: [[UInt8]], below depth: Int, known: inout [[[UInt8]]: Bool]) -> Bool {
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
    private func isIgnored(_ path: [[UInt8]], _ isFolder: Bool) -> Bool {
        guard !ignores.isEmpty else { return false }
        for length in (0..<path.count).reversed() {
            guard let rules = ignores[Array(path[..<length])] else { continue }
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
}
