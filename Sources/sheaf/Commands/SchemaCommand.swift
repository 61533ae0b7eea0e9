import ArgumentParser
import FoundationEssentials
import SheafManifest
import SheafModel

/// `sheaf schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Show the JSON Schema of a kind of manifest, for editors and other tools.",
        discussion: """
            Without a kind, the kinds and stacks that have a schema are listed.

            EXAMPLES
              sheaf schema
              sheaf schema service > service.json
              sheaf schema --write .sheaf/schemas
            """
    )

    @Argument(help: "The type of a manifest, or the name of a stack.")
    var kind: String?

    @Flag(help: "Show one schema for any manifest, which goes by its type.")
    var all = false

    @Option(help: "Write the schemas of all kinds, and manifest.json for any manifest, to this directory.")
    var write: String?

    @Option(
        name: [.customShort("o"), .long],
        help: "Show the list as a table, as json or as yaml; a schema as json or yaml."
    )
    var output: OutputFormat?

    func validate() throws {
        guard [kind != nil, all, write != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("give a kind, --all or --write, and only one of them")
        }
    }

    func run() throws {
        if let write { return try writeFiles(to: write) }
        if all { return try show(SchemaExport.anyManifest()) }
        guard let kind else { return try showList() }
        guard let schema = SchemaExport.schema(of: kind) else {
            let names = SchemaExport.entries().map(\.name)
            throw ValidationError(
                "there is no kind or stack '\(kind)'"
                    + (Suggestion.help(for: kind, among: names).map { ": \($0)" } ?? "; 'sheaf schema' lists them")
            )
        }
        try show(schema)
    }

    private func show(_ schema: JSONValue) throws {
        switch output {
        case .yaml: StandardStreams.output.write(try Rendering.yaml(schema))
        default: StandardStreams.output.write(try Rendering.json(schema) + "\n")
        }
    }

    private func showList() throws {
        let entries = SchemaExport.entries()
        try Rendering.show(entries, as: output ?? .table) {
            var table = TableText(["name", "sort", "versions", "meaning"])
            for entry in entries {
                table.add([entry.name, entry.sort, entry.versions.joined(separator: ", "), entry.description])
            }
            return table.render()
        }
    }

    private func writeFiles(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let files = SchemaExport.files()
        for file in files {
            let text = try Rendering.json(file.schema) + "\n"
            try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(file.name)"), options: .atomic)
        }
        StandardStreams.error.write("Wrote \(files.count) schemas to \(directory)\n")
    }
}
