import ArgumentParser
import FoundationEssentials
import SheafManifest
import SheafModel

/// `sheaf resolve`.
struct ResolveCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case json, yaml, table }

    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Show the bundle with nothing left to look up, in dependency order.",
        discussion: """
            Secrets show as •••. With --show-values-from each expression is shown in place of the bundle, with its value \
            and where that comes from.

            EXAMPLES
              sheaf resolve shop
              sheaf resolve shop@v1.2.0 --output yaml
              sheaf resolve shop --render-stacks
              sheaf resolve shop --environment prod --show-values-from
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions

    @Flag(help: "Show where the value of each expression comes from.")
    var showValuesFrom = false

    @Flag(help: "Add what the bundle's own stacks render to for each workload, as 'rendered'.")
    var renderStacks = false

    @Option(help: "The host name of the instance that templates of stacks see.")
    var fqdn = StackPlatform().fqdn

    @Option(
        name: [.customShort("o"), .long],
        help: "json (canonical; the default) or yaml; with --show-values-from also table (its default)."
    )
    var output: Format?

    func validate() throws {
        guard output != .table || showValuesFrom else {
            throw ValidationError("a bundle is shown as json or yaml; a table needs --show-values-from")
        }
    }

    func run() throws {
        let context = try CommandContext()
        let given = try values.read(in: context).withoutNeedOfSecrets
        let loader = ReleaseLoader(context: context)
        if showValuesFrom {
            // Shown also when something is wrong: then it is needed most.
            _ = try loader.load(source.resolved(), values: given) { try show($0.values.uses) }
            return
        }
        let loaded = try loader.load(source.resolved(), values: given)
        let bundle = loaded.bundle.masked
        guard renderStacks else { return try show(bundle) }
        let (rendered, diagnostics) = RenderedStacks.render(bundle, sources: loaded.sources, fqdn: fqdn)
        DiagnosticPrinter(terminal: context.terminal).tell(diagnostics, sources: loaded.sources)
        if diagnostics.hasErrors { throw DiagnosticsError(diagnostics) }
        try show(try Self.bundle(bundle, with: rendered))
    }

    private func show(_ bundle: some Encodable) throws {
        switch output ?? .json {
        case .json, .table:
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

    private struct Record: Encodable {
        var expression: String
        var file: String
        var line: Int
        var column: Int
        var value: JSONValue?
        var from: String?

        init(_ use: ValueUse) {
            expression = use.expression
            (file, line, column) = (use.place.file, use.place.line, use.place.column)
            value = use.value
            from = use.origin
        }
    }

    private func show(_ uses: [ValueUse]) throws {
        let format: OutputFormat =
            switch output ?? .table {
            case .json: .json
            case .yaml: .yaml
            case .table: .table
            }
        try Rendering.show(uses.map(Record.init), as: format) {
            guard !uses.isEmpty else { return "the manifests hold no expressions\n" }
            var table = TableText(["place", "expression", "value", "from"])
            for use in uses {
                table.add([
                    "\(use.place.file):\(use.place.line):\(use.place.column)", use.expression,
                    use.value.map(Self.text) ?? "(not defined)", use.origin,
                ])
            }
            return table.render()
        }
    }

    /// Longer values are cut; JSON has them whole.
    private static let longest = 60

    private static func text(_ value: JSONValue) -> String {
        // Encoding fails for infinite numbers only, and no file of values has them.
        let json = (try? CanonicalJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        let text = PrintableText.oneLine(value.stringValue ?? json)
        return text.count > longest ? text.prefix(longest) + "…" : text
    }
}
