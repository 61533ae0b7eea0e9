/// One side of a comparison, as far as it is a value: files are compared apart.
package struct ComparedRelease: Sendable {
    /// What the side is, for whoever reads the result.
    package struct Head: Codable, Sendable, Hashable {
        package enum Form: String, Codable, Sendable {
            case archive, release, revision
            case workingTree = "working-tree"
        }

        /// As the user wrote it.
        package var source: String
        package var form: Form
        package var name: String
        package var version: String?
        /// Of the archive; nil where there is none.
        package var digest: Digest?
        package var provenance: Provenance?
        /// The number of a release.
        package var revision: Int?
        /// The state of a release, such as `live` or `superseded`.
        package var state: String?
        /// The environment that expressions were filled in for.
        package var environment: String?
        /// Whether expressions are filled in; otherwise they stand as they are written.
        package var isFilledIn: Bool

        package init(source: String, form: Form, name: String, isFilledIn: Bool) {
            self.source = source
            self.form = form
            self.name = name
            self.isFilledIn = isFilledIn
        }
    }

    package var head: Head
    /// Nil for a release that is a delete.
    package var bundle: ResolvedBundle?
    package var images: [NamedVersion]
    package var stacks: [NamedVersion]

    package init(head: Head, bundle: ResolvedBundle?, images: [NamedVersion] = [], stacks: [NamedVersion] = []) {
        self.head = head
        self.bundle = bundle
        self.images = images
        self.stacks = stacks
    }
}

/// What became of a resource.
package struct ResourceChange: Codable, Hashable, Sendable {
    package enum Action: String, Codable, Sendable { case added, removed, changed }

    package var action: Action
    package var resource: ResourceID
    /// Empty unless it changed.
    package var differences: [Change.Difference]
}

/// How two releases differ, files apart.
package struct ReleaseComparison: Codable, Hashable, Sendable {
    /// Name, version and origin.
    package var release: [Change.Difference]
    /// The fields of the bundle's own manifest.
    package var bundle: [Change.Difference]
    /// In the order of the resources' names.
    package var resources: [ResourceChange]
    /// How many resources are the same.
    package var unchangedResources: Int
    package var images: [NamedVersionChange]
    package var stacks: [NamedVersionChange]

    /// Compares two releases; secret values are masked.
    package init(from before: ComparedRelease, to after: ComparedRelease) {
        release = Self.release(before.head, after.head)
        bundle = FieldComparison.differences(from: before.bundle?.manifest, to: after.bundle?.manifest, in: .bundle)
        let old = Self.byID(before.bundle), new = Self.byID(after.bundle)
        let all = Set(old.keys).union(new.keys).sorted()
        resources = all.compactMap { Self.change($0, from: old[$0], to: new[$0]) }
        unchangedResources = all.count - resources.count
        images = NamedVersionChange.changes(from: before.images, to: after.images)
        stacks = NamedVersionChange.changes(from: before.stacks, to: after.stacks)
    }

    /// Whether nothing differs.
    package var isEmpty: Bool {
        release.isEmpty && bundle.isEmpty && resources.isEmpty && images.isEmpty && stacks.isEmpty
    }

    /// How many resources have an action.
    package func count(_ action: ResourceChange.Action) -> Int { resources.count { $0.action == action } }

    private static func byID(_ bundle: ResolvedBundle?) -> [ResourceID: ResolvedResource] {
        Dictionary(bundle?.resources.map { ($0.id, $0) } ?? []) { first, _ in first }
    }

    private static func change(
        _ id: ResourceID,
        from before: ResolvedResource?,
        to after: ResolvedResource?
    ) -> ResourceChange? {
        guard let before else { return ResourceChange(action: .added, resource: id, differences: []) }
        guard let after else { return ResourceChange(action: .removed, resource: id, differences: []) }
        guard before != after else { return nil }
        var differences = FieldComparison.differences(from: before, to: after)
        differences += FieldComparison.differences(from: surroundings(before), to: surroundings(after))
        // What follows from the fields alone, such as what they name, is no change of its own.
        return differences.isEmpty ? nil : ResourceChange(action: .changed, resource: id, differences: differences)
    }

    /// What the bundle says about a resource beside its manifest.
    private static func surroundings(_ resource: ResolvedResource) -> JSONValue {
        .object([
            "item": .string(resource.item),
            "dependencies": .array(resource.dependencies.map { .string($0.description) }),
        ])
    }

    private static func release(
        _ before: ComparedRelease.Head,
        _ after: ComparedRelease.Head
    ) -> [Change.Difference] {
        func fields(_ head: ComparedRelease.Head) -> [(String, JSONValue?)] {
            let origin = head.provenance
            return [
                ("name", .string(head.name)), ("version", head.version.map { .string($0) }),
                ("commit", origin?.commit.map { .string($0) }), ("tag", origin?.tag.map { .string($0) }),
                ("dirty", origin.map { .bool($0.dirty) }),
                ("subdirectory", origin.map { .string($0.subdirectory) }),
                ("environment", before.form == after.form ? head.environment.map { .string($0) } : nil),
            ]
        }
        return zip(fields(before), fields(after)).filter { $0.1 != $1.1 }.map { old, new in
            Change.Difference(path: old.0, before: old.1, after: new.1)
        }
    }
}
