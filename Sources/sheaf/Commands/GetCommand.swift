import ArgumentParser
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "List live resources, as the platform's own command line does.",
        discussion: """
            EXAMPLES
              sheaf get
              sheaf get -t service -w public
              sheaf get -t worker -n cleaner
            """
    )

    @Option(name: [.customShort("t"), .long], help: "Only resources of this type.")
    var type: String?

    @Option(name: [.customShort("n"), .long], help: "Only resources of this name.")
    var name: String?

    @Option(name: [.customShort("w"), .long], help: "Only resources of this workspace.")
    var workspace: String?

    @Flag(name: [.customShort("a"), .long], help: "Of all owners; everything is yours here, so nothing changes.")
    var all = false

    @OptionGroup var format: OutputOptions

    private struct Row: Encodable {
        var name: String
        var version: String
        var type: String
        var workspace: String?
        var status: String
        var runtime: String
        var owner: String
        var bundle: String
    }

    func validate() throws {
        if let type, ResourceKind(rawValue: type) == nil {
            throw ValidationError(
                "there is no type '\(type)'; the types are: \(ResourceKind.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    func run() async throws {
        let context = try CommandContext()
        var rows: [Row] = []
        for (bundle, instance) in try context.existingStore()?.inventory() ?? [] where matches(instance.resource.id) {
            let state = try await context.executor.observe(instance)
            let resource = instance.resource
            rows.append(
                Row(
                    name: resource.id.name,
                    version: resource.schemaVersion,
                    type: resource.id.kind.rawValue,
                    workspace: resource.id.workspace,
                    status: state.status,
                    runtime: state.runtime,
                    owner: resource.manifest["owner"]?.stringValue ?? context.user,
                    bundle: bundle
                )
            )
        }
        try Rendering.show(rows, as: format.output) {
            var table = TableText(["name", "version", "type", "workspace", "status", "runtime", "owner"])
            for row in rows {
                table.add([row.name, row.version, row.type, row.workspace, row.status, row.runtime, row.owner])
            }
            return table.render()
        }
    }

    private func matches(_ id: ResourceID) -> Bool {
        (type == nil || id.kind.rawValue == type) && (name == nil || id.name == name)
            && (workspace == nil || id.workspace == nil || id.workspace == workspace)
    }
}
