import ArgumentParser
import SheafEngine
import SheafStore

/// `sheaf drift`.
struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Show how what is live differs from what was applied.",
        discussion: """
            Processes that have ended, ports that somebody else has, containers, directories of volumes and kept content \
            that are gone, and files that were changed under Sheaf. An apply of the same bundle repairs all of it; this \
            command changes nothing.

            EXAMPLES
              sheaf drift
              sheaf drift shop --exit-code      # 2 when there is drift
              sheaf drift shop --output json
            """
    )

    @Argument(help: "The bundle's name; without it, all bundles.")
    var bundle: String?

    @Flag(help: "Exit with 2 when there is drift.")
    var exitCode = false

    @OptionGroup var format: OutputOptions

    func run() async throws {
        let context = try CommandContext()
        var records: [DriftRecord] = []
        if let bundle {
            records = [try await record(of: bundle, KnownBundle.store(of: bundle, in: context), context)]
            try Rendering.show(records[0], as: format.output) { text(records, context) }
        } else {
            if let store = try context.existingStore() {
                for summary in try store.bundles() {
                    records.append(try await record(of: summary.name, store, context))
                }
            }
            try Rendering.show(records, as: format.output) {
                records.isEmpty ? "no bundles in \(context.home)\n" : text(records, context)
            }
        }
        if exitCode, records.contains(where: { !$0.findings.isEmpty }) { throw ExitCode(ExitStatus.changes) }
    }

    private func record(of bundle: String, _ store: Store, _ context: CommandContext) async throws -> DriftRecord {
        try await DriftRecord(
            of: bundle,
            store: store,
            engine: context.engine("drift", store: store, report: { _ in })
        )
    }

    private func text(_ records: [DriftRecord], _ context: CommandContext) -> String {
        DriftText(records: records, style: context.terminal.outputStyle).render()
    }
}
