/// What the listing of a commit may still take.
///
/// Trees of git are named by their content, so a few small ones can name each other and stand for more files than
/// anything can hold. What is excluded is listed too, so there is room for more than an archive may have.
struct ListingBudget {
    /// How much more may be listed than an archive may have.
    private static let slack = 4
    /// What each path takes on average, at most.
    private static let meanPath = 256

    private let limits: ArchiveLimits
    private var entries = 0
    private var bytes = 0

    /// Allows what an archive within these limits can need.
    init(limits: ArchiveLimits = .standard) { self.limits = limits }

    /// Counts a file or a folder.
    ///
    /// - Parameters:
    ///   - path: From the tree that is listed.
    ///   - depth: How many parts the path has.
    /// - Throws: `ArchiveError` of kind `tooManyMembers`, `pathTooLong` or `pathTooDeep`.
    mutating func take(_ path: [UInt8], depth: Int) throws {
        guard path.count <= Self.slack * limits.pathBytes else {
            throw limits.exceeded(.pathBytes, by: "the path \(EscapedText.of(path))", found: Int64(path.count))
        }
        guard depth <= Self.slack * limits.pathDepth else {
            throw limits.exceeded(.pathDepth, by: "the path \(EscapedText.of(path))", found: Int64(depth))
        }
        entries += 1
        bytes += path.count
        let most = Self.slack * limits.members
        guard entries <= most, bytes <= most * Self.meanPath else {
            throw limits.exceeded(.members, by: "the commit, below the bundle's directory,", found: Int64(entries))
        }
    }
}
