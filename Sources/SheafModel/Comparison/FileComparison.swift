/// Finds the files in which two releases differ.
///
/// Files with the same path are compared by what is known of them; a content is digested only where nothing else tells.
/// A file that is gone and one that is new with the same content are one that was renamed.
package struct FileComparison {
    package enum Side: Sendable { case before, after }

    private let digestOf: (Side, ComparedFile) throws -> Digest

    /// Takes what digests a file whose digest is not known.
    package init(digest: @escaping (Side, ComparedFile) throws -> Digest) { digestOf = digest }

    /// What became of the files.
    ///
    /// - Parameters:
    ///   - before: In byte order of path.
    ///   - after: In byte order of path.
    /// - Returns: The files that differ, in byte order of path.
    /// - Throws: What digesting throws.
    /// - Complexity: Linear in the number of files.
    package func changes(from before: [ComparedFile], to after: [ComparedFile]) throws -> [FileChange] {
        var removed: [ComparedFile] = [], added: [ComparedFile] = [], changes: [FileChange] = []
        var old = before[...], new = after[...]
        while let left = old.first ?? new.first, let right = new.first ?? old.first {
            if old.isEmpty || (!new.isEmpty && precedes(right, left)) {
                added.append(new.removeFirst())
            } else if new.isEmpty || precedes(left, right) {
                removed.append(old.removeFirst())
            } else {
                if let change = try change(from: left, to: right) { changes.append(change) }
                old.removeFirst()
                new.removeFirst()
            }
        }
        changes += try renamesAndRest(removed, added)
        return changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func precedes(_ left: ComparedFile, _ right: ComparedFile) -> Bool {
        left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }

    private func change(from old: ComparedFile, to new: ComparedFile) throws -> FileChange? {
        if old.mode == new.mode, old.target == new.target, try hasSameContent(old, new) { return nil }
        return FileChange(
            action: .changed,
            path: new.path,
            before: try facts(old, .before),
            after: try facts(new, .after)
        )
    }

    private func hasSameContent(_ old: ComparedFile, _ new: ComparedFile) throws -> Bool {
        guard old.target == nil, new.target == nil else { return old.target == new.target }
        if let blob = old.blob, blob == new.blob { return true }
        guard old.size == new.size else { return false }
        return try digest(old, .before) == digest(new, .after)
    }

    private func digest(_ file: ComparedFile, _ side: Side) throws -> Digest {
        try file.digest ?? digestOf(side, file)
    }

    private func facts(_ file: ComparedFile, _ side: Side) throws -> FileChange.Facts {
        FileChange.Facts(
            size: file.size,
            mode: file.mode,
            digest: file.target == nil ? try digest(file, side) : nil,
            target: file.target
        )
    }

    /// Puts removed and added files together that have the same content; the same name in another folder goes first.
    private func renamesAndRest(_ removed: [ComparedFile], _ added: [ComparedFile]) throws -> [FileChange] {
        let gone = try removed.map { ($0, try facts($0, .before)) }
        var candidates: [Digest: [Int]] = [:]
        for (index, (_, facts)) in gone.enumerated() where facts.size > 0 {
            if let digest = facts.digest { candidates[digest, default: []].append(index) }
        }
        var renamed: Set<Int> = []
        var changes: [FileChange] = []
        for file in added {
            let facts = try facts(file, .after)
            let fitting = facts.digest.flatMap { candidates[$0] } ?? []
            let best = fitting.first { name(of: gone[$0].0.path) == name(of: file.path) } ?? fitting.first
            guard let digest = facts.digest, let best else {
                changes.append(FileChange(action: .added, path: file.path, before: nil, after: facts))
                continue
            }
            candidates[digest] = fitting.filter { $0 != best }
            renamed.insert(best)
            changes.append(
                FileChange(
                    action: .renamed,
                    path: file.path,
                    oldPath: gone[best].0.path,
                    before: gone[best].1,
                    after: facts
                )
            )
        }
        for (index, (file, facts)) in gone.enumerated() where !renamed.contains(index) {
            changes.append(FileChange(action: .removed, path: file.path, before: facts, after: nil))
        }
        return changes
    }

    private func name(of path: String) -> [UInt8] {
        Array(path.utf8.reversed().prefix { $0 != UInt8(ascii: "/") })
    }
}
