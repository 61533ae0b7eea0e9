/// Follows symbolic links in a set of members, without a file system.
///
/// A target cannot be judged by its text alone: `a/../x` may leave the root when `a` is itself a link. So every part is
/// looked up and every link on the way is followed.
struct LinkResolver {
    private let links: [MemberPath: String]
    /// Linux gives up after as many.
    private static let mostHops = 40

    init(links: [MemberPath: String]) { self.links = links }

    /// The member that a path means once all links in it are followed.
    ///
    /// - Returns: Parts from the root; empty for the root itself. There need not be such a member.
    /// - Throws: `ArchiveError` of kind `linkLeavesBundle` or `linkLoop`.
    func resolve(_ path: MemberPath) throws -> [String] {
        var done: [String] = []
        var left = Array(path.components.reversed())
        var hops = 0
        while let part = left.popLast() {
            if part == ".." {
                guard done.popLast() != nil else { throw Self.leaves(path, links[path]) }
                continue
            }
            done.append(part)
            guard let target = link(at: done) else { continue }
            hops += 1
            guard hops <= Self.mostHops else {
                throw ArchiveError(
                    .linkLoop,
                    "the link \(EscapedText.of(path.text)) never reaches a file",
                    hint: "remove it, or name it in .sheafignore"
                )
            }
            guard target.utf8.first != UInt8(ascii: "/") else { throw Self.leaves(path, target) }
            done.removeLast()
            left += target.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
                .filter { $0 != "." }.reversed()
        }
        return done
    }

    /// Proves that every link stays inside.
    ///
    /// - Throws: `ArchiveError` of kind `linkLeavesBundle`, `linkLoop` or `invalidName`.
    func checkAll() throws {
        for (path, target) in links.sorted(by: { $0.key < $1.key }) {
            guard !target.isEmpty, !target.utf8.contains(0), target.utf8.count <= ArchiveLimits.standard.pathBytes
            else {
                throw ArchiveError(
                    .invalidName,
                    "the link \(EscapedText.of(path.text)) has an empty or overlong target"
                )
            }
            _ = try resolve(path)
        }
    }

    private func link(at parts: [String]) -> String? {
        // A path that is no valid member path cannot be a link of the set.
        guard let path = try? MemberPath(parts.joined(separator: "/")) else { return nil }
        return links[path]
    }

    private static func leaves(_ path: MemberPath, _ target: String?) -> ArchiveError {
        let shown = target.map { " -> \(EscapedText.of($0))" } ?? ""
        return ArchiveError(
            .linkLeavesBundle,
            "the link \(EscapedText.of(path.text))\(shown) leaves the bundle",
            hint: "copy what it points to into the bundle, or name the link in .sheafignore"
        )
    }
}
