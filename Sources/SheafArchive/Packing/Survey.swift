import SheafModel

/// Tells the digests of all members before any frame is made, where little has to be read for that.
///
/// Then it is clear at once which frames are missing, and the archive's first frame, which lists the digests, can be
/// made while they are.
enum Survey {
    /// At most one byte of so many is read twice: once to digest it, once to compress it.
    private static let share: Int64 = 8

    /// Finds the digests.
    ///
    /// - Throws: What reading gives; `PackSession.Damage` where a blob has another size than the cache said.
    /// - Returns: A digest for each member, nil for a link; nil when too much would have to be read.
    static func digests(of source: SourceTree, session: PackSession, threads: Int) throws -> [Digest?]? {
        var digests: [Digest?] = [], unknown: [(position: Int, id: GitObjectID)] = []
        var total: Int64 = 0, unread: Int64 = 0
        digests.reserveCapacity(source.members.count)
        for (position, member) in source.members.enumerated() {
            total += member.size
            var digest: Digest?
            if member.linkTarget == nil {
                switch member.origin {
                case .object(let id, nil):
                    unknown.append((position, id))
                    unread += member.size
                case .object(_, let known): digest = known
                case .stored(_, let known): digest = known
                case .large(let known, _): digest = known
                case .disk: return nil
                }
            }
            digests.append(digest)
        }
        guard unread <= total / share else { return nil }
        let missing = unknown
        let facts = try Workers.map(count: missing.count, threads: threads) { number in
            let member = source.members[missing[number].position]
            var hash = ContentHash()
            try source.readContent(of: member) { hash.add($0) }
            guard hash.count == member.size else { throw PackSession.Damage.facts }
            return BlobFacts.Fact(id: missing[number].id, size: member.size, digest: hash.digest)
        }
        for (entry, fact) in zip(missing, facts) { digests[entry.position] = fact.digest }
        session.learn(facts)
        return digests
    }
}
