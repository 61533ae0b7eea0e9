package import SheafArchive
package import SheafModel

/// An archive that is right until somebody changes something in it.
package struct ArchiveDraft {
    /// The table's rows below `files/`, in their order.
    package var rows: [ArchiveIndex.Row] = []
    /// The members below `files/`.
    package var members: [TarForge.Member] = []
    package var bundle = TarForge.bundle
    package var resolved: [UInt8]?
    package var statement: [UInt8]?
    /// Changes the index before it is written.
    package var index: (inout ArchiveIndex) -> Void = { _ in }
    /// Changes the members of metadata, the text of the index among them.
    package var head: (inout [TarForge.Member]) -> Void = { _ in }
    /// Changes the finished tar.
    package var tar: (inout [UInt8]) -> Void = { _ in }
    /// Changes the finished file.
    package var file: (inout [UInt8]) throws -> Void = { _ in }

    /// Makes a right archive with files and links of random names, modes and contents.
    package init(_ random: inout SeededRandom) {
        let letters = ["a", "b", "q", "Z", "9", "-", "_", " ", "é", "数", "😀", "e\u{301}"]
        var names: Set<String> = []
        // The first letter keeps folders and files apart, and the number keeps names apart that differ in case only.
        for number in 0..<(4 + random.below(6)) {
            let word = (0...random.below(6)).map { _ in letters[random.below(letters.count)] }.joined()
            let folders = (0..<random.below(3)).map { "d\($0)/" }.joined()
            names.insert("\(folders)f\(number)\(word)x")
        }
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            add(name, random.below(5) == 0 ? .link : random.below(4) == 0 ? .program : .file, &random)
        }
    }

    private enum Kind { case file, program, link }

    private mutating func add(_ name: String, _ kind: Kind, _ random: inout SeededRandom) {
        let path = "files/\(name)"
        if kind == .link {
            rows.append(TarForge.linkRow(path, to: "f\(name.utf8.count)"))
            members.append(.init(path: path, type: "2", target: "f\(name.utf8.count)", mode: 0o777))
        } else {
            let size = [0, 1, 511, 512, 513, 2_000][random.below(6)]
            let content = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let isProgram = kind == .program
            rows.append(TarForge.row(path, content, mode: isProgram ? "0755" : "0644"))
            members.append(.init(path: path, content: content, mode: isProgram ? 0o755 : 0o644))
        }
    }

    /// Adds a row at its place in the order.
    package mutating func list(_ row: ArchiveIndex.Row) {
        let place = rows.firstIndex { row.path.utf8.lexicographicallyPrecedes($0.path.utf8) } ?? rows.count
        rows.insert(row, at: place)
    }

    /// Adds a file to the table and to the tar.
    package mutating func add(_ path: String, _ content: [UInt8], change: (inout TarForge.Member) -> Void = { _ in }) {
        var member = TarForge.Member(path: path, content: content)
        change(&member)
        let place = rows.firstIndex { path.utf8.lexicographicallyPrecedes($0.path.utf8) } ?? rows.count
        rows.insert(TarForge.row(path, content), at: place)
        members.insert(member, at: place)
    }

    /// The tar, not compressed.
    package func tarBytes() throws -> [UInt8] {
        var head = try TarForge.head(
            listed: rows,
            bundle: bundle,
            resolved: resolved,
            statement: statement,
            change: index
        )
        self.head(&head)
        var bytes = (head + members).flatMap(TarForge.bytes) + TarForge.end
        tar(&bytes)
        return bytes
    }

    /// The archive.
    package func bytes() throws -> [UInt8] {
        var bytes = try TarForge.compress(tarBytes())
        try file(&bytes)
        return bytes
    }
}
