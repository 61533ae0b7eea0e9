/// The JSON Schemas that editors complete, explain and check manifests with.
///
/// They refuse only what `validate` calls an error: other spellings, quoted numbers, single values for lists, keys that
/// are put where they belong and placeholders are all accepted, so that an editor shows no false errors. They are JSON
/// Schema 2020-12 with the keywords that editors of draft 7 know, too, and hold all that they refer to.
package enum EditorSchema {
    static let dialect: OrderedJSON = "https://json-schema.org/draft/2020-12/schema"

    /// The schema of the manifests of a kind, or of the `stackSpec` of a stack.
    package static func schema(of entry: SchemaEntry, library: SchemaLibrary = .embedded) -> OrderedJSON {
        var exporter = SchemaExporter(library: library, root: entry)
        return exporter.document(exporter.root(of: entry, takesNull: false))
    }

    /// One schema for every manifest: `type` says which kind it is.
    package static func schemaOfManifests(library: SchemaLibrary = .embedded) -> OrderedJSON {
        var exporter = SchemaExporter(library: library, root: nil)
        let root: OrderedJSON = [
            "title": "Manifest",
            "description": "A resource, a bundle of resources, or a data product; 'type' says which.",
            "type": "object",
            "allOf": [["$ref": "#/$defs/manifest"]],
        ]
        exporter.needsManifest = true
        return exporter.document(root)
    }

    /// The schemas of all kinds by name, and that of every manifest as `manifest`.
    package static func all(library: SchemaLibrary = .embedded) -> [String: OrderedJSON] {
        var result = ["manifest": schemaOfManifests(library: library)]
        for entry in library.kinds { result[entry.name] = schema(of: entry, library: library) }
        return result
    }
}
