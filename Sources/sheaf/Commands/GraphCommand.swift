import ArgumentParser
import SheafManifest

/// `sheaf graph`.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw what depends on what.",
        discussion: """
            EXAMPLES
              sheaf graph shop
              sheaf graph shop --format dot | dot -Tsvg > shop.svg
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions

    @Option(help: "The form of the drawing.")
    var format = GraphFormat.text

    func run() throws {
        let context = try CommandContext()
        let given = try values.read(in: context).withoutNeedOfSecrets
        let loaded = try ReleaseLoader(context: context).load(source.resolved(), values: given)
        let text = try GraphRenderer.render(loaded.bundle, as: format)
        StandardStreams.output.write(text.hasSuffix("\n") ? text : text + "\n")
    }
}

extension GraphFormat: ExpressibleByArgument {}
