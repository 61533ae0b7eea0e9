import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show all bundles, or the resources of one.",
        discussion: """
            EXAMPLES
              sheaf status
              sheaf status shop --output json
              sheaf status shop --at 3       # what was live once revision 3 was done
            """
    )

    @Argument(help: "The bundle's name; without it, all bundles.")
    var bundle: String?

    @Option(help: "Show what was live once this revision was done, as the event log has it.")
    var at: Int?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard at == nil || bundle != nil else { throw ValidationError("--at needs a bundle: revisions are its own") }
    }

    func run() async throws {
        let context = try CommandContext()
        if let bundle, let at {
            let past = try PastStatus(of: bundle, at: at, in: KnownBundle.store(of: bundle, in: context))
            return try Rendering.show(past, as: format.output) { past.text }
        }
        if let bundle {
            try await showResources(of: bundle, context: context)
        } else {
            try showBundles(context: context)
        }
    }

    // MARK: All bundles

    private struct BundleRow: Encodable {
        var name: String
        var revision: Int
        var state: String
        var version: String?
        var resources: Int
        var since: Date
        var openTransaction: String?
        /// Until when the live revision has to be confirmed.
        var confirmUntil: Date?
    }

    private func showBundles(context: CommandContext) throws {
        let store = try context.existingStore()
        let waiting = try store?.pendingConfirmations() ?? []
        let rows = try store?.bundles().map { summary in
            BundleRow(
                name: summary.name,
                revision: summary.revision.number,
                state: summary.revision.stateInWords,
                version: summary.revision.version,
                resources: summary.resources,
                since: summary.revision.startedAt,
                openTransaction: summary.openTransaction?.rawValue,
                confirmUntil: waiting.first { $0.bundle == summary.name }?.deadline
            )
        }
        try Rendering.show(rows ?? [], as: format.output) {
            guard let rows, !rows.isEmpty else {
                return "no bundles in \(context.home); apply one with 'sheaf apply DIRECTORY'\n"
            }
            var table = TableText(["bundle", "revision", "state", "version", "resources", "since", "open"])
            for row in rows {
                table.add([
                    row.name, String(row.revision), row.state, row.version, String(row.resources),
                    Rendering.date(row.since), row.openTransaction,
                ])
            }
            return table.render() + waiting.map { "\($0.bundle): \($0.inWords)\n" }.joined()
        }
    }

    // MARK: One bundle

    private struct Report: Encodable {
        var bundle: String
        var revision: Revision?
        var openTransaction: String?
        /// Until when the live revision has to be confirmed.
        var confirmUntil: Date?
        var resources: [ResourceRow]
    }

    private struct ResourceRow: Encodable {
        var resource: String
        var status: String
        var runtime: String
        var generation: Int
        var pids: [Int32]
        var location: String?
        var evidence: String?
        /// Who is recorded to own it.
        var owner: String
        /// What this machine does not do as it was asked.
        var notes: [String]
        /// Of services, workers and workflows.
        var processes: [ProcessState]?
        /// How the limits of memory and processors are kept.
        var limits: String?
    }

    private func showResources(of bundle: String, context: CommandContext) async throws {
        let store = try KnownBundle.store(of: bundle, in: context)
        let live = try store.liveState(of: bundle)
        // Only what is said of volumes needs to know who else mounts them.
        let hasVolumes = live.resources.contains { $0.resource.id.kind == .volume }
        let all = hasVolumes ? try store.inventory().map(\.instance) : live.resources
        let notes = try await context.executor.notes(on: live.resources, among: all)
        var rows: [ResourceRow] = []
        for instance in live.resources {
            let state = try await context.executor.observe(instance)
            rows.append(
                ResourceRow(
                    resource: instance.resource.id.description,
                    status: state.status,
                    runtime: state.runtime,
                    generation: instance.generation,
                    pids: state.pids,
                    location: state.location,
                    evidence: state.progress == .ready ? nil : state.evidence,
                    owner: instance.resource.manifest["owner"]?.stringValue ?? context.user,
                    notes: notes.filter { $0.resource == instance.resource.id }.map(\.note),
                    processes: state.processes,
                    limits: state.limits
                )
            )
        }
        let waiting = try store.pendingConfirmations(of: bundle).first
        let report = Report(
            bundle: bundle,
            revision: live.revision,
            openTransaction: live.openTransaction?.rawValue,
            confirmUntil: waiting?.deadline,
            resources: rows
        )
        try Rendering.show(report, as: format.output) { text(report, waiting) }
    }

    private func text(_ report: Report, _ waiting: Confirmation?) -> String {
        var lines: [String] = []
        if let revision = report.revision {
            let version = revision.version.map { ", version \($0)" } ?? ""
            lines.append(
                "\(report.bundle): revision \(revision.number) is \(revision.stateInWords)\(version), since \(Rendering.date(revision.startedAt))"
            )
        } else {
            lines.append("\(report.bundle): nothing is live")
        }
        if let waiting { lines.append(waiting.inWords) }
        if let open = report.openTransaction {
            lines.append("a transaction is open (\(open)); 'sheaf recover' settles it if its process has ended")
        }
        guard !report.resources.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        var table = TableText(["resource", "status", "runtime", "pid", "detail"])
        for row in report.resources {
            table.add([
                row.resource, row.status, row.runtime, row.pids.map(String.init).joined(separator: ","),
                ([row.evidence ?? row.location] + ProcessText.details(of: row.processes, limits: row.limits))
                    .compactMap { $0 }.joined(separator: "; "),
            ])
        }
        let notes = report.resources.flatMap { row in row.notes.map { "note: \(row.resource): \($0)\n" } }
        return lines.joined(separator: "\n") + "\n\n" + table.render() + (notes.isEmpty ? "" : "\n")
            + notes.joined()
    }
}
