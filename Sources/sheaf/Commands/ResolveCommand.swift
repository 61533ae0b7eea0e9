import ArgumentParser
import FoundationEssentials
import SheafManifest
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
              sheaf resolve shop --render-stacks
            """
    )

    @OptionGroup var source: SourceOptions

    @Option(name: [.customShort("o"), .long], help: "json (canonical, what an archive holds) or yaml.")
    var output = Format.json

    @Flag(help: "Add what the bundle's own stacks render to for each workload, as 'rendered'.")
    var renderStacks = false

    @Option(help: "The host name of the instance that templates of stacks see.")
    var fqdn = StackPlatform().fqdn

    func run() throws {
        let context = try CommandContext()
        let loaded = try ReleaseLoader(context: context).load(source.resolved())
        guard renderStacks else { return try show(loaded.bundle) }
        let (rendered, diagnostics) = RenderedStacks.render(loaded.bundle, sources: loaded.sources, fqdn: fqdn)
        DiagnosticPrinter(terminal: context.terminal).tell(diagnostics, sources: loaded.sources)
        if diagnostics.hasErrors { throw DiagnosticsError(diagnostics) }
        try show(try Self.bundle(loaded.bundle, with: rendered))
    }

    private func show(_ bundle: some Encodable) throws {
        switch output {
        case .json:
            let text = String(decoding: try CanonicalJSON.encode(bundle), as: UTF8.self)
            StandardStreams.output.write(text + "\n")
        case .yaml: StandardStreams.output.write(try Rendering.yaml(bundle))
        }
    }

    /// The bundle as JSON, each resource with what its stack renders to.
    private static func bundle(_ bundle: ResolvedBundle, with rendered: [ResourceID: JSONValue]) throws -> JSONValue {
        let json = try CanonicalJSON.decode(JSONValue.self, from: CanonicalJSON.encode(bundle))
        guard case .object(var members) = json, let resources = members["resources"]?.arrayValue else { return json }
        let changed = zip(bundle.resources, resources).map { resource, json -> JSONValue in
            guard let part = rendered[resource.id], case .object(var members) = json else { return json }
            members["rendered"] = part
            return .object(members)
        }
        members["resources"] = .array(changed)
        return .object(members)
    }
}
