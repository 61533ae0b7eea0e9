import ArgumentParser
import FoundationEssentials
import SheafModel

/// `sheaf resolve`.
struct ResolveCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case json, yaml }

    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Show the bundle with nothing left to look up, in dependency order.",
        discussion: """
            EXAMPLES
              sheaf resolve shop
              sheaf resolve shop@v1.2.0 --output yaml
            """
    )

    @OptionGroup var source: SourceOptions

    @Option(name: [.customShort("o"), .long], help: "json (canonical, what an archive holds) or yaml.")
    var output = Format.json

    func run() throws {
        let loaded = try ReleaseLoader(context: CommandContext()).load(source.resolved())
        switch output {
        case .json:
            let text = String(decoding: try CanonicalJSON.encode(loaded.bundle), as: UTF8.self)
            StandardStreams.output.write(text + "\n")
        case .yaml: StandardStreams.output.write(try Rendering.yaml(loaded.bundle))
        }
    }
}
