/// Something that a release needs, by its name and which one: an image with its tag, a stack with its version.
package struct NamedVersion: Codable, Hashable, Sendable, Comparable {
    package var name: String
    package var version: String?

    package init(name: String, version: String?) {
        self.name = name
        self.version = version
    }

    package static func < (left: NamedVersion, right: NamedVersion) -> Bool {
        (left.name, left.version ?? "") < (right.name, right.version ?? "")
    }
}

/// What became of something that a release needs.
package struct NamedVersionChange: Codable, Hashable, Sendable {
    package enum Action: String, Codable, Sendable { case added, removed, changed }

    package var action: Action
    package var name: String
    /// Nil when it was added, or had no version.
    package var before: String?
    /// Nil when it was removed, or has no version.
    package var after: String?

    /// What became of a list, in the order of names.
    ///
    /// What has the same name on both sides and another version there is one change.
    package static func changes(from before: [NamedVersion], to after: [NamedVersion]) -> [NamedVersionChange] {
        let old = Dictionary(grouping: Set(before).subtracting(after).sorted(), by: \.name)
        let new = Dictionary(grouping: Set(after).subtracting(before).sorted(), by: \.name)
        return Set(old.keys).union(new.keys).sorted().flatMap { name in
            let gone = old[name] ?? [], come = new[name] ?? []
            let pairs = zip(gone, come).map {
                NamedVersionChange(action: .changed, name: name, before: $0.version, after: $1.version)
            }
            return pairs
                + gone.dropFirst(pairs.count).map {
                    NamedVersionChange(action: .removed, name: name, before: $0.version)
                }
                + come.dropFirst(pairs.count).map {
                    NamedVersionChange(action: .added, name: name, after: $0.version)
                }
        }
    }
}
