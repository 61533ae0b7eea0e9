import ArgumentParser
import FoundationEssentials
import SheafManifest
import SheafModel
import SheafSystem

/// `sheaf schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Show the JSON Schemas of manifests, for editors and other tools.",
        discussion: """
            KIND is the type of a manifest, or a stack for what may stand in its 'stackSpec'. Without KIND, the kinds and \
            stacks are listed. docs/editors.md says how editors use the schemas.

            EXAMPLES
              sheaf schema
              sheaf schema service
              sheaf schema flare
              sheaf schema --all > manifest.json
              sheaf schema --write .sheaf/schemas
            """
    )

    @Argument(help: "A type of manifests, or a stack.", completion: .list(SchemaLibrary.embedded.entries.map(\.name)))
    var kind: String?

    @Flag(help: "Show one schema for every manifest, of whatever type.")
    var all = false

    @Option(help: "Write the schemas of all kinds into this directory, as KIND.json and manifest.json.")
    var write: String?

    @OptionGroup var format: OutputOptions

    /// One line of the list.
    private struct Row: Encodable {
        var name: String
        var sort: String
        var title: String
        var level: String?
        var versions: [String]
    }

    func validate() throws {
        if [kind != nil, all, write != nil].count(where: { $0 }) > 1 {
            throw ValidationError("KIND, --all and --write exclude each other")
        }
    }

    func run() throws {
        if let write { return try writeAll(into: write) }
        if all { return try show(EditorSchema.schemaOfManifests()) }
        guard let kind else { return try showList() }
        let library = SchemaLibrary.embedded
        guard let entry = library.entry(named: kind) else {
            throw ReferenceProblem.unknownRoot(kind, known: library.entries.map(\.name))
        }
        try show(EditorSchema.schema(of: entry))
    }

    private func show(_ schema: OrderedJSON) throws {
        switch format.output {
        case .table, .json: StandardStreams.output.write(schema.jsonText)
        case .yaml: StandardStreams.output.write(YAMLText.render(schema.value))
        }
    }

    private func showList() throws {
        let rows = SchemaLibrary.embedded.entries.map { entry in
            Row(
                name: entry.name,
                sort: entry.sort.rawValue,
                title: entry.title,
                level: entry.level,
                versions: entry.versions
            )
        }
        try Rendering.show(rows, as: format.output) {
            var table = TableText(["name", "sort", "title", "level", "versions"])
            for row in rows {
                table.add([row.name, row.sort, row.title, row.level ?? "-", row.versions.joined(separator: ", ")])
            }
            return table.render()
        }
    }

    private func writeAll(into directory: String) throws {
        let documents = EditorSchemas.current.documents
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for (name, text) in documents.sorted(by: { $0.key < $1.key }) {
                try DurableFile.write(Array(text.utf8), to: "\(directory)/\(name).json", mode: 0o644, isSynced: false)
            }
        } catch {
            throw UsageError("the schemas could not be written to '\(directory)': \(error)")
        }
        StandardStreams.error.writeLine("Wrote \(documents.count) schemas to \(directory).")
    }
}
