import SheafModel

/// The files of a commit below the bundle's directory, with those of submodules that are part of the bundle, less what
/// rules exclude.
///
/// Nothing but trees, rules and the targets of links is read.
struct CommitListing {
    /// The files that come from one repository.
    struct Part {
        let repository: GitRepository
        let commit: GitCommit
        /// What the paths of its files begin with, from the bundle's directory: empty, or ending with a slash.
        let prefix: [UInt8]
        /// With whole paths from the bundle's directory.
        var entries: [GitTreeEntry]
    }

    /// The bundle's own repository first.
    private(set) var parts: [Part] = []
    private(set) var filter: ExclusionFilter
    private let options: SourceChoices
    private var budget = ListingBudget()

    /// Lists a tree.
    ///
    /// - Parameters:
    ///   - tree: Of the bundle's directory.
    ///   - commit: That has the tree.
    ///   - location: Of the bundle.
    ///   - repository: Around it.
    ///   - options: Which submodules are part of the bundle.
    /// - Throws: `ArchiveError` of kind `submodule`, `submoduleMissing`, `missingObject`, `damagedRepository`,
    ///   `tooLarge`, `tooManyMembers`, `pathTooLong` or `pathTooDeep`.
    init(
        tree: GitObjectID,
        in commit: GitCommit,
        at location: BundleLocation,
        of repository: GitRepository,
        options: SourceChoices
    ) throws {
        self.options = options
        filter = ExclusionFilter(bundle: location.parts)
        try filter.addRulesAbove { try repository.rules(at: $0, in: commit.tree) }
        try add(tree, in: commit, of: repository, at: location.subdirectory, prefix: [], superproject: nil)
        for position in parts.indices {
            var kept: [GitTreeEntry] = []
            for entry in parts[position].entries where entry.kind != .submodule && !filter.excludes(entry.path) {
                kept.append(entry)
            }
            parts[position].entries = kept
        }
    }

    /// The submodules that are part of the bundle.
    var submodules: [Provenance.Submodule] {
        parts.dropFirst().map {
            Provenance.Submodule(path: Array($0.prefix.dropLast()).asText, commit: $0.commit.id.hex)
        }
        .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private mutating func add(
        _ tree: GitObjectID,
        in commit: GitCommit,
        of repository: GitRepository,
        at folder: String,
        prefix: [UInt8],
        superproject: GitRepository?
    ) throws {
        let entries = try repository.entries(of: tree, within: &budget).map {
            GitTreeEntry(path: prefix + $0.path, kind: $0.kind, id: $0.id)
        }
        parts.append(Part(repository: repository, commit: commit, prefix: prefix, entries: entries))
        for entry in entries where entry.kind == .file || entry.kind == .executable {
            try filter.addRules(of: entry.path) {
                if let size = try repository.objects.sizes(of: [entry.id])[0] {
                    try ExclusionRules.checkSize(size, of: entry.path)
                }
                return try repository.objects.content(entry.id)
            }
        }
        for entry in entries where entry.kind == .submodule {
            guard try filter.takesSubmodule(entry.path, options) else { continue }
            let inner = Array(entry.path.dropFirst(prefix.count)).asText
            let place = folder.isEmpty ? inner : "\(folder)/\(inner)"
            let submodule = try SubmoduleSearch(of: repository, superproject: superproject)
                .repository(at: place, having: entry.id, named: entry.path)
            guard let pinned = try submodule.commit(entry.id.hex) else {
                throw SubmoduleSearch.missing(entry.path, entry.id, in: repository)
            }
            try add(
                pinned.tree,
                in: pinned,
                of: submodule,
                at: "",
                prefix: entry.path + [UInt8(ascii: "/")],
                superproject: repository
            )
        }
    }
}

extension ExclusionFilter {
    /// Whether the files of a submodule are among the bundle's; false when it is excluded.
    ///
    /// - Throws: `ArchiveError` of kind `submodule` when nothing tells.
    mutating func takesSubmodule(_ path: [UInt8], _ options: SourceChoices) throws -> Bool {
        guard !excludes(path), !excludes(folder: path) else { return false }
        guard options.takesSubmodules || declaresSubmodule(path) else {
            let shown = EscapedText.of(path)
            throw ArchiveError(
                .submodule,
                "\(shown) is a submodule, and nothing says that it is part of the bundle",
                hint: "declare it in .gitattributes ('\(shown) sheaf-submodule'), pack with --submodules, "
                    + "or name it in .sheafignore"
            )
        }
        return true
    }
}
