package import SheafModel

/// Where the files of a bundle come from, listed once and in byte order of path.
///
/// A commit, a working tree and an archive look the same to whoever reads one: same paths, same exclusions, same
/// checks.
/// The list is fixed when the value is made; content is read when it is asked for.
package struct SourceTree: BundleFiles, Sendable {
    /// What the source determines about its origin.
    package let provenance: Provenance
    /// The version by the nearest tag.
    ///
    /// Without a tag `0.0.0-g<12 hex>`; nil without a commit, or where a shallow clone cannot tell.
    package let version: String?
    /// When the commit was made, in seconds since 1970; nil without one.
    package let commitTime: Int64?
    /// The files and links, in byte order of path.
    package let members: [SourceMember]
    /// What of these are pointers of git LFS, and whether that is as it was asked for.
    package let largeFiles: LargeFiles

    private let contents: any MemberContents
    private let links: LinkResolver
    private let limits: ArchiveLimits
    private let display: DisplayName

    /// How the paths of a source are shown to people.
    enum DisplayName: Sendable {
        /// Joined with the folder as the user typed it.
        case folder(String)
        /// After a colon: `shop.sheaf:bundle.yaml`, `shop@v1:bundle.yaml`.
        case labelled(String)
    }

    /// Takes members and proves that they can be packed.
    ///
    /// - Throws: `ArchiveError` of kind `nameCollision`, `duplicateMember`, `tooLarge`, `linkLeavesBundle`, `linkLoop`, or
    ///   what a limit gives.
    init(
        members: [SourceMember],
        contents: any MemberContents,
        display: DisplayName,
        provenance: Provenance,
        version: String?,
        commitTime: Int64?,
        largeFiles: LargeFiles = LargeFiles(),
        limits: ArchiveLimits = .standard
    ) throws {
        let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.path < $1.path }
        let sorted = isSorted ? members : members.sorted { $0.path < $1.path }
        try MemberRules.check(sorted.map(\.path), limits: limits)
        var targets: [MemberPath: String] = [:]
        // Sizes come from headers of git and pointers of git LFS, which may claim anything: later sums must not overflow.
        if let member = sorted.first(where: { !(0...limits.totalBytes).contains($0.size) }) {
            throw limits.exceeded(.totalBytes, by: EscapedText.of(member.path.text), found: member.size)
        }
        for member in sorted { if let target = member.linkTarget { targets[member.path] = target } }
        links = LinkResolver(links: targets, limits: limits)
        try links.checkAll()
        self.members = sorted
        self.contents = contents
        self.limits = limits
        self.display = display
        self.provenance = provenance
        self.version = version
        self.commitTime = commitTime
        self.largeFiles = largeFiles
    }

    /// The member at a path, links not followed; nil when there is none.
    package func member(_ path: MemberPath) -> SourceMember? {
        var low = 0, high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].path == path ? members[low] : nil
    }

    package func read(_ path: String) throws -> [UInt8]? {
        let parts = try links.resolve(try MemberPath(path, limits: limits))
        guard !parts.isEmpty else { return nil }
        guard let member = member(try MemberPath(parts.joined(separator: "/"), limits: limits)) else { return nil }
        return try content(of: member)
    }

    package func names(inFolder path: String) -> [String] {
        let prefix = path.isEmpty ? "" : "\(path)/"
        return members.map(\.path.text).filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            .filter { !$0.contains("/") }
    }

    package func displayPath(_ path: String) -> String {
        switch display {
        case .labelled(let label): return "\(label):\(path)"
        case .folder(let folder):
            let trimmed = folder.hasPrefix("./") ? String(folder.dropFirst(2)) : folder
            if trimmed.isEmpty || trimmed == "." { return path }
            return trimmed.hasSuffix("/") ? trimmed + path : "\(trimmed)/\(path)"
        }
    }

    /// The content of a file of this source; empty for a link.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`, `fileChanged`, `missingObject`, `damagedRepository`, `lfsPointer`
    ///   or `lfsDamaged`, or what an archive gives.
    package func content(of member: SourceMember) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try readContent(of: member) { bytes += $0 }
        return bytes
    }

    /// Reads the content of a file of this source in pieces, which are gone when the body returns.
    ///
    /// May be called by several threads at once.
    ///
    /// - Parameters:
    ///   - member: One of `members`.
    ///   - body: Receives the pieces in order; what it throws ends the reading.
    /// - Throws: As `content(of:)`.
    package func readContent(of member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard member.linkTarget == nil else { return }
        try contents.read(member, body)
    }
}

/// Reads the content of members, wherever it is, on any number of threads at once.
protocol MemberContents: Sendable {
    /// Gives the content of a file to a body, in pieces and in order.
    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
}
