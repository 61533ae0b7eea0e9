import Clibgit2

/// Where the commit of an archive can be had from, as a repository on this machine knows.
package enum SourceRemote {
    /// Schemes of addresses that mean the same on every machine.
    private static let schemes = ["https", "http", "ssh", "git"]

    /// The address of the remote `origin`, or of the only remote, of the repository around a directory.
    ///
    /// - Parameters:
    ///   - directory: In a working tree.
    ///   - commit: In full; a repository that does not have it is not asked.
    /// - Returns: The address without user and password; nil where there is none, or only a path of this machine.
    package static func address(near directory: String, having commit: String) -> String? {
        // Where an archive comes from is an extra: a repository that cannot be read tells nothing.
        guard let repository = try? GitRepository.containing(directory),
            let address = try? repository.use({ try remoteAddress(of: $0, having: commit) })
        else { return nil }
        return shareable(address)
    }

    /// An address without what opens doors; nil for paths.
    package static func shareable(_ address: String) -> String? {
        guard let separator = address.firstRange(of: "://") else {
            // As in scp: [user@]host:path, where the host has no slash.
            let colon = address.firstIndex(of: ":")
            guard let colon, colon != address.startIndex, !address[..<colon].contains("/") else { return nil }
            let host = address[..<colon].split(separator: "@").last.map(String.init) ?? ""
            return host.isEmpty ? nil : host + address[colon...]
        }
        let scheme = address[..<separator.lowerBound].lowercased()
        guard schemes.contains(scheme) else { return nil }
        let rest = address[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        // A query could hold a token.
        let path = rest.dropFirst(authority.count).prefix { $0 != "?" && $0 != "#" }
        return host.isEmpty ? nil : "\(scheme)://\(host)\(path)"
    }

    private static func remoteAddress(of repository: OpaquePointer, having commit: String) throws -> String? {
        var id = git_oid()
        try GitFailure.check(git_oid_fromstr(&id, commit))
        let database = try GitPointer(free: git_odb_free) { git_repository_odb($0, repository) }
        guard git_odb_exists(database.raw, &id) == 1 else { return nil }
        var names = git_strarray()
        try GitFailure.check(git_remote_list(&names, repository))
        defer { git_strarray_dispose(&names) }
        let all = (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
        guard let name = all.contains("origin") ? "origin" : all.count == 1 ? all[0] : nil else { return nil }
        let remote = try GitPointer(free: git_remote_free) { git_remote_lookup($0, repository, name) }
        return git_remote_url(remote.raw).map { String(cString: $0) }
    }
}
