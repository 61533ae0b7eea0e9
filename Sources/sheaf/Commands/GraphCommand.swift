import ArgumentParser
import SheafManifest
import SheafSystem

/// `sheaf graph`.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw what depends on what.",
        discussion: """
            Resources that name others of the bundle wait for them too: a secret, a volume, a depot by its address, a \
            service by its host. Such dependencies are drawn dashed.

            EXAMPLES
              sheaf graph shop
              sheaf graph shop --jobs -o shop.svg
              sheaf graph shop --format json --no-implicit
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions

    @Option(help: "The form of the drawing: text, dot, mermaid, json or svg (default: as FILE ends, else text).")
    var format: GraphFormat?

    @Flag(name: .customLong("no-implicit"), help: "Leave out the dependencies that only names imply.")
    var isExplicitOnly = false

    @Flag(name: .customLong("jobs"), help: "Show the jobs of workflows.")
    var showsJobs = false

    @Option(name: .customShort("o"), help: "The file to write (default: standard output).", completion: .file())
    var file: String?

    func run() throws {
        let context = try CommandContext()
        let given = try values.read(in: context).withoutNeedOfSecrets
        let loaded = try ReleaseLoader(context: context).load(source.resolved(), values: given)
        let graph = ResourceGraph(bundle: loaded.bundle, links: loaded.links, includesImplied: !isExplicitOnly)
        let style = file == nil ? context.terminal.outputStyle : .plain
        let renderer = GraphRenderer(showsJobs: showsJobs, paint: style.graphPaint)
        let text = try renderer.render(graph, as: format ?? formatOfFile ?? .text)
        guard let file else { return StandardStreams.output.write(text) }
        try DurableFile.write(Array(text.utf8), to: file, mode: 0o644, isSynced: false)
    }

    /// What the ending of the file's name says: `shop.svg` is a picture.
    private var formatOfFile: GraphFormat? {
        file?.split(separator: ".").last.flatMap { GraphFormat(rawValue: $0.lowercased()) }
    }
}

extension GraphFormat: ExpressibleByArgument {}

extension TextStyle {
    /// The terminal's colours for listings of graphs.
    fileprivate var graphPaint: GraphPaint {
        GraphPaint { text, role in
            switch role {
            case .heading, .critical: self.text(text, .strong)
            case .faint: self.text(text, .faint)
            case .warning: self.text(text, .caution)
            }
        }
    }
}
