package import SheafModel

/// The schemas of manifests for editors: JSON Schema 2020-12, each complete in itself.
///
/// They accept what `sheaf validate` accepts without a warning, as far as JSON Schema can say it: other spellings that
/// are as good, single elements for lists, words in any case, and expressions in place of values.
package enum SchemaExport {
    /// A kind of manifest, or a stack, that has a schema.
    package struct Entry: Hashable, Sendable, Encodable {
        /// `kind` or `stack`.
        package var sort: String
        /// What to ask for: the `type` of manifests, or the name of the stack.
        package var name: String
        /// The schema versions of manifests, the one to write first; the versions of a stack.
        package var versions: [String]
        package var description: String
    }

    /// All kinds, then all stacks, by name.
    package static func entries() -> [Entry] {
        let library = ShapeLibrary.shared
        let kinds = library.types.compactMap { type in
            library.kind(type).map { set in
                Entry(
                    sort: "kind",
                    name: type,
                    versions: set.kind?.versions ?? [],
                    description: set.text("description", of: set[set.root]) ?? ""
                )
            }
        }
        let stacks = library.stackNames.compactMap { name in
            library.stackSet(file: name).map { set in
                Entry(
                    sort: "stack",
                    name: name,
                    versions: set.stack?.versions ?? [],
                    description: set.text("description", of: set[set.root]) ?? ""
                )
            }
        }
        return kinds + stacks
    }

    /// The schema of a kind by its type, or of the `stackSpec` of a stack by its name; nil for an unknown one.
    package static func schema(of name: String) -> JSONValue? {
        let library = ShapeLibrary.shared
        var bundler = SchemaBundler(library: library)
        if library.types.contains(name) { return bundler.bundle("kinds/\(name).yaml") }
        guard let file = library.stackFile(name) else { return nil }
        return bundler.bundle(file)
    }

    /// One schema for any manifest, which goes by its `type`.
    package static func anyManifest() -> JSONValue {
        var bundler = SchemaBundler(library: .shared)
        return bundler.bundleAll()
    }

    /// The files for editors: one for each kind, named after its type, and `manifest.json` for any of them.
    package static func files() -> [(name: String, schema: JSONValue)] {
        let kinds = ShapeLibrary.shared.types.compactMap { type in schema(of: type).map { ("\(type).json", $0) } }
        return kinds + [("manifest.json", anyManifest())]
    }
}
