/// Follows symbolic links in a set of members, without a file system.
///
/// A target cannot be judged by its text alone: `a/../x` may leave the root when `a` is itself a link. So every part is
/// looked up and every link on the way is followed. Each link is followed once, whatever the others are: a few hundred
/// links that lead through each other, with a hundred parts each, would otherwise take hours.
struct LinkResolver: Sendable {
    /// A folder on the way to a link, or a link: a node of the tree of all links.
    private struct Node {
        let above: Int
        let name: [UInt8]
        let depth: Int
        var link: (path: MemberPath, target: String)?
    }

    /// A place below the root, every link on the way followed.
    private struct Place {
        /// The deepest node on the way.
        var node = 0
        /// The names below it, each behind a slash: there are no links.
        var tail: [UInt8] = []
        var tailDepth = 0
    }

    /// What leads to a node: a name in another one, byte for byte.
    private struct Edge: Hashable {
        let node: Int
        let name: [UInt8]
    }

    /// Where links were found to lead.
    private struct Known {
        var ends: [Int: (place: Place, hops: Int)] = [:]
        var begun: Set<Int> = []
    }

    private let limits: ArchiveLimits
    private var edges: [Edge: Int] = [:]
    /// The first is the root.
    private var nodes = [Node(above: 0, name: [], depth: 0)]

    /// Linux gives up after as many.
    private static let mostHops = 40

    /// Takes the links with their targets.
    ///
    /// - Parameters:
    ///   - links: The target of each.
    ///   - limits: A link whose target is longer, or leads deeper, is refused when it is looked at.
    init(links: [MemberPath: String], limits: ArchiveLimits = .standard) {
        self.limits = limits
        for (path, target) in links {
            let node = path.text.utf8.split(separator: Self.slash).reduce(0) { addNode(Array($1), in: $0) }
            nodes[node].link = (path, target)
        }
    }

    /// The member that a path means once all links in it are followed.
    ///
    /// - Returns: Parts from the root; empty for the root itself. There need not be such a member.
    /// - Throws: `ArchiveError` of kind `linkLeavesBundle`, `linkLoop` or `pathTooDeep`.
    func resolve(_ path: MemberPath) throws -> [String] {
        var known = Known()
        return parts(of: try follow(path.text, from: Place(), for: path, &known).place)
    }

    /// Proves that every link stays inside.
    ///
    /// - Throws: `ArchiveError` of kind `linkLeavesBundle`, `linkLoop`, `pathTooDeep`, `linkTooLong` or `invalidName`.
    func checkAll() throws {
        var known = Known()
        let links = nodes.indices.compactMap { node in nodes[node].link.map { (node, $0.path, $0.target) } }
        for (node, path, target) in links.sorted(by: { $0.1 < $1.1 }) {
            guard !target.isEmpty, !target.utf8.contains(0) else {
                throw ArchiveError(.invalidName, "the link \(EscapedText.of(path.text)) has no usable target")
            }
            guard target.utf8.count <= limits.linkBytes else {
                throw limits.exceeded(
                    .linkBytes,
                    by: "the target of the link \(EscapedText.of(path.text))",
                    found: Int64(target.utf8.count)
                )
            }
            _ = try end(of: node, path, target, &known)
        }
    }

    private static let slash = UInt8(ascii: "/")

    private mutating func addNode(_ name: [UInt8], in node: Int) -> Int {
        let edge = Edge(node: node, name: name)
        if let there = edges[edge] { return there }
        edges[edge] = nodes.count
        nodes.append(Node(above: node, name: name, depth: nodes[node].depth + 1))
        return nodes.count - 1
    }

    private func parts(of place: Place) -> [String] {
        var names: [[UInt8]] = []
        var node = place.node
        while node != 0 {
            names.append(nodes[node].name)
            node = nodes[node].above
        }
        return (names.reversed() + place.tail.split(separator: Self.slash).map(Array.init)).map(\.asText)
    }

    /// Where a link leads, and how many links are followed for that, itself included.
    private func end(
        of node: Int,
        _ path: MemberPath,
        _ target: String,
        _ known: inout Known
    ) throws -> (place: Place, hops: Int) {
        if let end = known.ends[node] { return end }
        // As many calls lie in each other at most: the links that are begun and not ended.
        guard known.begun.count < Self.mostHops, known.begun.insert(node).inserted else { throw Self.loop(path) }
        guard target.utf8.first != Self.slash else { throw Self.leaves(path, target) }
        var end = try follow(target, from: Place(node: nodes[node].above), for: path, &known)
        end.hops += 1
        known.begun.remove(node)
        known.ends[node] = end
        return end
    }

    private func follow(
        _ text: String,
        from start: Place,
        for path: MemberPath,
        _ known: inout Known
    ) throws -> (place: Place, hops: Int) {
        var place = start
        var hops = 0
        for name in text.utf8.split(separator: Self.slash) where !name.elementsEqual(".".utf8) {
            if name.elementsEqual("..".utf8) {
                guard leave(&place) else { throw Self.leaves(path, text) }
                continue
            }
            let node = place.tailDepth == 0 ? edges[Edge(node: place.node, name: Array(name))] : nil
            if let node, let link = nodes[node].link {
                let end = try end(of: node, link.path, link.target, &known)
                hops += end.hops
                guard hops < Self.mostHops else { throw Self.loop(path) }
                place = end.place
            } else if let node {
                place.node = node
            } else {
                place.tail += [Self.slash] + name
                place.tailDepth += 1
            }
            let depth = nodes[place.node].depth + place.tailDepth
            guard depth <= limits.pathDepth else {
                let subject = "what the link \(EscapedText.of(path.text)) leads to"
                throw limits.exceeded(.pathDepth, by: subject, found: Int64(depth))
            }
        }
        return (place, hops)
    }

    /// Goes to the folder above.
    ///
    /// - Returns: False at the root.
    private func leave(_ place: inout Place) -> Bool {
        if let slash = place.tail.lastIndex(of: Self.slash) {
            place.tail.removeSubrange(slash...)
            place.tailDepth -= 1
            return true
        }
        guard place.node != 0 else { return false }
        place.node = nodes[place.node].above
        return true
    }

    private static func loop(_ path: MemberPath) -> ArchiveError {
        ArchiveError(
            .linkLoop,
            "the link \(EscapedText.of(path.text)) never reaches a file",
            hint: "remove it, or name it in .sheafignore"
        )
    }

    private static func leaves(_ path: MemberPath, _ target: String) -> ArchiveError {
        ArchiveError(
            .linkLeavesBundle,
            "the link \(EscapedText.of(path.text)) -> \(EscapedText.of(target)) leaves the bundle",
            hint: "copy what it points to into the bundle, or name the link in .sheafignore"
        )
    }
}
