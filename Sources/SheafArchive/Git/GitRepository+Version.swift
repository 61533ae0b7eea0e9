import Clibgit2

/// The version of a commit, and the tag that it comes from.
struct GitVersion: Sendable {
    /// Nil where a shallow clone hides what would tell.
    let version: String?
    /// As written; nil without a tag.
    let tag: String?
}

extension GitRepository {
    private struct VersionTag {
        let name: String
        let version: SemanticVersion
    }

    /// How many tagged commits are compared before the nearest is chosen; git looks at as many.
    private static let mostCandidates = 10

    /// Names a commit after the nearest tag that is a version, as `git describe --tags` does.
    ///
    /// Tags of the bundle itself, such as `shop/v1.2.0` for a bundle in `bundles/shop`, come before those of the whole
    /// repository. Tags that are no versions do not count. Of several tags at the same distance the highest version
    /// wins, so the answer depends on the tags and the history only, not on how the clone stores them.
    ///
    /// - Parameters:
    ///   - commit: Of this repository.
    ///   - subdirectory: The bundle's directory; empty for the top.
    /// - Throws: `ArchiveError` of kind `damagedRepository`.
    /// - Returns: `0.0.0-g<12 hex>` where no tag leads to the commit.
    func version(of commit: GitCommit, for subdirectory: String) throws -> GitVersion {
        let names = VersionTagNames(subdirectory: subdirectory)
        return try use { repository in
            let (own, plain) = try Self.versionTags(names, of: repository)
            if let answer = try find(own, for: commit, in: repository) { return answer }
            // A tag of the bundle may lie where the shallow clone does not reach.
            let isHidden = isShallow && !subdirectory.isEmpty
            if !isHidden, let answer = try find(plain, for: commit, in: repository) { return answer }
            return isShallow ? GitVersion(version: nil, tag: nil) : Self.untagged(commit)
        }
    }

    /// The nearest of some tags; nil where there is none, or a shallow clone hides which it is.
    private func find(
        _ tags: [GitObjectID: VersionTag],
        for commit: GitCommit,
        in repository: OpaquePointer
    ) throws(GitFailure) -> GitVersion? {
        guard !tags.isEmpty else { return nil }
        if let answer = try Self.nearestInLine(commit, tags: tags, of: repository) { return answer }
        return isShallow ? nil : try Self.nearest(commit, tags: tags, of: repository)
    }

    private static func untagged(_ commit: GitCommit) -> GitVersion {
        GitVersion(version: "0.0.0-g\(commit.id.short)", tag: nil)
    }

    private static func described(_ tag: VersionTag, distance: Int, commit: GitCommit) -> GitVersion {
        let version = distance == 0 ? tag.version.description : "\(tag.version)-\(distance)-g\(commit.id.short)"
        return GitVersion(version: version, tag: tag.name)
    }

    /// The best tag of each commit that has one: the bundle's own tags, and those of the whole repository.
    private static func versionTags(
        _ wanted: VersionTagNames,
        of repository: OpaquePointer
    ) throws(GitFailure) -> (own: [GitObjectID: VersionTag], plain: [GitObjectID: VersionTag]) {
        var names = git_strarray()
        try GitFailure.check(git_tag_list(&names, repository))
        defer { git_strarray_dispose(&names) }
        var own: [GitObjectID: VersionTag] = [:], plain: [GitObjectID: VersionTag] = [:]
        for position in 0..<names.count {
            guard let text = names.strings[position] else { continue }
            let name = String(cString: text)
            guard let (version, isOwn) = wanted.version(in: name),
                let commit = try target(of: "refs/tags/\(name)", in: repository)
            else { continue }
            let tag = VersionTag(name: name, version: version)
            let other = isOwn ? own[commit] : plain[commit]
            if let other, (other.version, other.name) >= (version, name) { continue }
            if isOwn { own[commit] = tag } else { plain[commit] = tag }
        }
        return (own, plain)
    }

    /// The commit that a tag means, annotated or not; nil when it names something else.
    private static func target(of tag: String, in repository: OpaquePointer) throws(GitFailure) -> GitObjectID? {
        let reference = try GitPointer(free: git_reference_free) { git_reference_lookup($0, repository, tag) }
        do throws(GitFailure) {
            let object = try GitPointer(free: git_object_free) {
                git_reference_peel($0, reference.raw, GIT_OBJECT_COMMIT)
            }
            return git_object_id(object.raw).map { GitObjectID($0.pointee) }
        } catch {
            // A tag of a tree or a blob, or of a commit that a shallow clone does not have.
            switch error.code {
            case GIT_EPEEL.rawValue, GIT_EINVALIDSPEC.rawValue, GIT_ENOTFOUND.rawValue: return nil
            default: throw error
            }
        }
    }

    /// Walks back as long as every commit has one parent: the first tag found there is the nearest.
    ///
    /// - Returns: nil at a merge, at the first commit, and where history is cut off.
    private static func nearestInLine(
        _ commit: GitCommit,
        tags: [GitObjectID: VersionTag],
        of repository: OpaquePointer
    ) throws(GitFailure) -> GitVersion? {
        var id = commit.id
        var distance = 0
        while true {
            if let tag = tags[id] { return described(tag, distance: distance, commit: commit) }
            var raw = id.raw
            do throws(GitFailure) {
                let step = try GitPointer(free: git_commit_free) { git_commit_lookup($0, repository, &raw) }
                guard git_commit_parentcount(step.raw) == 1, let parent = git_commit_parent_id(step.raw, 0) else {
                    return nil
                }
                id = GitObjectID(parent.pointee)
            } catch {
                guard error.isNotFound else { throw error }
                return nil
            }
            distance += 1
        }
    }

    private static func nearest(
        _ commit: GitCommit,
        tags: [GitObjectID: VersionTag],
        of repository: OpaquePointer
    ) throws(GitFailure) -> GitVersion? {
        let walk = try GitPointer(free: git_revwalk_free) { git_revwalk_new($0, repository) }
        var start = commit.id.raw
        try GitFailure.check(git_revwalk_sorting(walk.raw, GIT_SORT_TIME.rawValue))
        try GitFailure.check(git_revwalk_push(walk.raw, &start))
        var best: (distance: Int, tag: VersionTag)?
        var found = 0, next = git_oid()
        while found < mostCandidates {
            let code = git_revwalk_next(&next, walk.raw)
            if code == GIT_ITEROVER.rawValue { break }
            try GitFailure.check(code)
            guard let tag = tags[GitObjectID(next)] else { continue }
            found += 1
            var ahead = 0, behind = 0
            var tagged = next
            try GitFailure.check(git_graph_ahead_behind(&ahead, &behind, repository, &start, &tagged))
            if let best, best.distance < ahead { continue }
            if let best, best.distance == ahead, best.tag.version > tag.version { continue }
            best = (ahead, tag)
        }
        return best.map { described($0.tag, distance: $0.distance, commit: commit) }
    }
}
