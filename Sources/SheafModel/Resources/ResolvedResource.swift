/// A file of the bundle that a resource carries with it.
package struct Attachment: Codable, Hashable, Sendable {
    /// What the resource wants the file for.
    package enum Role: String, Codable, Sendable {
        /// An entry of `configs`: a file in the configuration directory.
        case config
        /// An entry of a secret's `files`: the value of a key.
        case secretFile
        /// A container image.
        case image
    }

    package var role: Role
    /// The file's name in the configuration directory, the key in the secret, or the image as the manifest names it.
    package var name: String
    /// The path in the bundle, from its root, with `/`.
    package var path: String
    /// Of the content; the content store has the bytes.
    package var digest: Digest

    package init(role: Role, name: String, path: String, digest: Digest) {
        self.role = role
        self.name = name
        self.path = path
        self.digest = digest
    }
}

/// One resource of a bundle with everything that the manifests say about it, in one normal form.
package struct ResolvedResource: Codable, Hashable, Sendable {
    package var id: ResourceID
    /// The bundle item that declares it; items of nested bundles are written `inner/item`.
    package var item: String
    /// The complete manifest: aliases replaced, `file:` inlined, `workspace` filled in.
    package var manifest: JSONValue
    package var dependencies: [Dependency]
    /// Resources that the manifest names, of the same bundle or not: secrets, volumes, stacks, computes, depots.
    package var references: [ResourceID]
    package var attachments: [Attachment]
    /// When the data of a volume is copied aside; nil where the bundle says nothing, and for all other kinds.
    package var snapshot: SnapshotRule?
    /// When a service or a worker counts as ready; nil where the bundle says nothing, and for all other kinds.
    package var readiness: ReadinessRule?
    /// How a new instance of a service takes the place of the old one; nil where the bundle says nothing, and for all
    /// other kinds.
    package var update: UpdateRule?

    package init(
        id: ResourceID,
        item: String,
        manifest: JSONValue,
        dependencies: [Dependency] = [],
        references: [ResourceID] = [],
        attachments: [Attachment] = [],
        snapshot: SnapshotRule? = nil,
        readiness: ReadinessRule? = nil,
        update: UpdateRule? = nil
    ) {
        self.id = id
        self.item = item
        self.manifest = manifest
        self.dependencies = dependencies
        self.references = references
        self.attachments = attachments
        self.snapshot = snapshot
        self.readiness = readiness
        self.update = update
    }

    /// The manifest's section for its kind; an empty object where it has none.
    package var section: JSONValue { manifest[id.kind.sectionKey] ?? .object([:]) }

    /// The schema version, such as `v1beta`.
    package var schemaVersion: String { manifest["version"]?.stringValue ?? "v1" }

    /// The section as a typed value, such as `ServiceSpec`.
    ///
    /// - Throws: `DecodingError` when the section has another shape; validation reports that earlier, with its place.
    package func spec<Spec: Decodable>(_ type: Spec.Type) throws -> Spec {
        try CanonicalJSON.decode(type, from: section)
    }
}

/// A bundle in which nothing is left to look up: every `file:` read, every dependency found, everything in order.
package struct ResolvedBundle: Codable, Hashable, Sendable {
    /// A workspace that the bundle wants to exist.
    package struct Workspace: Codable, Hashable, Sendable {
        package var name: String
        package var description: String?

        package init(name: String, description: String? = nil) {
            self.name = name
            self.description = description
        }
    }

    /// Of this form; a reader refuses a larger one.
    package var formatVersion: Int
    package var name: String
    /// The bundle's own manifest, normalised, without its `resources`.
    package var manifest: JSONValue
    package var workspaces: [Workspace]
    /// In dependency order: each follows all that it depends on.
    package var resources: [ResolvedResource]
    /// The resources grouped into waves; those of one wave do not depend on each other.
    package var waves: [[ResourceID]]

    /// The form that this version of Sheaf writes.
    package static let currentFormat = 1

    package init(
        name: String,
        manifest: JSONValue,
        workspaces: [Workspace] = [],
        resources: [ResolvedResource],
        waves: [[ResourceID]]
    ) {
        formatVersion = Self.currentFormat
        self.name = name
        self.manifest = manifest
        self.workspaces = workspaces
        self.resources = resources
        self.waves = waves
    }
}
