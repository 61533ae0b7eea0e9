import ArgumentParser
import FoundationEssentials
import SheafManifest
import SheafModel
import SheafSystem

/// `sheaf explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what the fields of a manifest mean, and what may stand in them.",
        discussion: """
            PATH is a kind or a stack, and fields behind dots: 'service.ingress.path'. The key of the kind's own section may \
            be left out, as may '[]' behind a list. Without PATH, the kinds and stacks are listed.

            EXAMPLES
              sheaf explain service
              sheaf explain bundle.resources.dependencyConditions
              sheaf explain flare.job.inputs
              sheaf explain workflow.dag.spec.stackSpec --stack flare
              sheaf explain depot --recursive
            """
    )

    @Argument(help: "A kind or a stack, and fields behind dots.")
    var path: String?

    @Option(help: "The stack whose parameters stand in 'stackSpec'.")
    var stack: String?

    @Flag(help: "Show the fields below the fields, too, as a tree.")
    var recursive = false

    @Option(help: .private)
    var markdown: String?

    @OptionGroup var format: OutputOptions

    private var reference: SchemaReference { .embedded }

    func run() throws {
        if let markdown { return try writePages(into: markdown) }
        guard let path else { return try showList() }
        let chosen = try stackEntry()
        do {
            let (entry, field) = try reference.find(path, stack: chosen)
            let tree = FieldTree(reference, field, entry: entry, stack: chosen, depth: recursive ? .max : 1)
            try Rendering.show(FieldRecord(tree), as: format.output) {
                let terminal = Terminal.current(environment: CommandContext.environment)
                let text = FieldText(width: terminal.width, style: terminal.outputStyle)
                return recursive ? text.tree(tree) : text.page(tree)
            }
        } catch let miss as SchemaReference.Miss {
            throw ReferenceProblem(miss)
        }
    }

    private func stackEntry() throws -> SchemaEntry? {
        guard let stack else { return nil }
        let stacks = SchemaLibrary.embedded.stacks
        guard let entry = SchemaLibrary.embedded.entry(named: stack), entry.sort == .stack else {
            let hint = Suggestion.help(for: stack, among: stacks.map(\.name))
            throw UsageError(
                "there is no stack '\(stack)'",
                hint: hint ?? "the stacks are: \(stacks.map(\.name).joined(separator: ", "))"
            )
        }
        return entry
    }

    private struct Row: Encodable {
        var name: String
        var sort: String
        var summary: String
    }

    private func showList() throws {
        let rows = SchemaLibrary.embedded.entries.map {
            Row(name: $0.name, sort: $0.sort.rawValue, summary: $0.summary)
        }
        try Rendering.show(rows, as: format.output) {
            let terminal = Terminal.current(environment: CommandContext.environment)
            let text = FieldText(width: terminal.width, style: terminal.outputStyle)
            return text.list(SchemaLibrary.embedded)
        }
    }

    private func writePages(into directory: String) throws {
        let pages = ReferencePages.all()
        do {
            for (path, text) in pages.sorted(by: { $0.key < $1.key }) {
                let file = "\(directory)/\(path)"
                let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
                try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
                try DurableFile.write(Array(text.utf8), to: file, mode: 0o644, isSynced: false)
            }
        } catch {
            throw UsageError("the pages could not be written to '\(directory)': \(error)")
        }
    }
}
