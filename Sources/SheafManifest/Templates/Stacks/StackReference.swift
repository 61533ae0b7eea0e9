/// How a workload names its stack: `name[+flavor][:version]`.
package struct StackReference: Hashable, Sendable {
    package var name: String
    package var flavor: String?
    package var version: String?

    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let base = (parts.first ?? "").split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(base.first ?? "")
        flavor = base.count > 1 ? String(base[1]) : nil
        version = parts.count > 1 ? String(parts[1]) : nil
    }

    /// The stack that is meant: the same name and flavor, and the version, or the newest where none is given.
    package func choose(among stacks: [StackDefinition]) -> StackDefinition? {
        let fitting = stacks.filter { stack in
            stack.name == name && (flavor == nil || stack.flavor == flavor)
                && (version == nil || Self.isSame(stack.version, version ?? ""))
        }
        return fitting.max { Self.parts($0.version).lexicographicallyPrecedes(Self.parts($1.version)) }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || (!left.isEmpty && parts(left) == parts(right) && !parts(left).contains(-1))
    }

    /// `10.2` as numbers, so that it comes after `9`; zeros at the end do not count.
    private static func parts(_ version: String) -> [Int] {
        var parts = version.split(separator: ".").map { Int($0) ?? -1 }
        while parts.last == 0 { parts.removeLast() }
        return parts
    }
}
