package import SheafSupervision
import SheafSystem

/// The files of one incarnation of a workload; `sheaf logs` finds its logs here.
package struct IncarnationFiles: Hashable, Sendable {
    /// The absolute path of the incarnation's folder.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// What executor and supervisor exchange.
    package var supervision: IncarnationPaths { IncarnationPaths(folder: folder) }
    package var config: String { "\(folder)/config" }
    /// The folder of all files that secrets stand in, closed to everybody else.
    package var secret: String { supervision.secretFolder }
    /// The secret directory of the runtime contract; a folder for each job of a workflow.
    package var secretFiles: String { "\(secret)/files" }
    package var temp: String { "\(folder)/temp" }
    package var logs: String { "\(folder)/log" }
    package var run: String { "\(folder)/run" }
    /// Environment that must not be seen by the container engine itself, one `KEY=value` a line.
    package func environmentFile(of process: String) -> String { "\(secret)/environment.\(process)" }
    /// The credentials of a private image registry, as `config.json`.
    package var registryLogin: String { "\(secret)/registry" }
    /// The digests of the definitions that the incarnation stands for, one a line.
    package var definition: String { "\(folder)/definition" }
    /// What Sheaf has written into the folder, with digests.
    package var record: String { "\(folder)/files" }
    /// Texts that must never leave in evidence.
    package var redactions: String { "\(secret)/redactions" }
    /// Where earlier versions of Sheaf put them.
    private var earlierRedactions: String { "\(folder)/redactions" }

    /// The name of the process of a service or a worker; jobs go by their own names.
    package static let mainProcess = "main"

    /// Where a process writes its standard output and standard error, unless it belongs to a run.
    func log(of process: String) -> String { "\(logs)/\(process).log" }

    /// The folder that processes write their output into now.
    var logFolder: String { order?.logFolder ?? logs }

    /// Where the standard output and standard error of a process are: of a workflow, those of its last run.
    package func lastLog(of process: String) -> String { "\(logFolder)/\(process).log" }

    /// What shall run; nil when the incarnation is not completely rendered.
    package var plan: LaunchPlan? {
        // A plan that cannot be read is as good as none: the incarnation has to be prepared again.
        (TextFile.read(supervision.launch) ?? TextFile.read(supervision.earlierLaunch))
            .flatMap { try? LaunchPlan(decoding: $0) }
    }

    /// What has to be hidden in evidence; nil when that cannot be read.
    var redaction: Redaction? {
        // Without the list nothing may be shown, whatever the reason.
        (TextFile.read(redactions) ?? TextFile.read(earlierRedactions)).flatMap { try? Redaction(decoding: $0) }
    }

    /// What the supervisor has written; nil when there never was one.
    package var status: SupervisorStatus? {
        // The changes first, see there.
        let changes = TextFile.read(supervision.changes)
        // Files of another format belong to another version of Sheaf, about which nothing can be said.
        return TextFile.read(supervision.status).flatMap { try? SupervisorStatus(decoding: $0, changes: changes) }
    }

    /// Whether there is a launch plan, which is written last; much cheaper than reading it.
    var hasPlan: Bool { FileTree.exists(supervision.launch) || FileTree.exists(supervision.earlierLaunch) }

    /// The status, or that of a supervisor that was lost while another one is about to go on with its run.
    var lastStatus: SupervisorStatus? {
        // As for the status itself.
        status ?? TextFile.read(supervision.earlierStatus).flatMap { try? SupervisorStatus(decoding: $0) }
    }

    /// The last run that was begun here; nil for all but workflows, and where there was none.
    var order: RunOrder? {
        // As for the status.
        TextFile.read(supervision.order).flatMap { try? RunOrder(decoding: $0) }
    }

    /// The logs of this incarnation, in the order of its processes: of a workflow, those of its last run.
    package var processLogs: [(process: String, path: String)] {
        let order = order
        return (plan?.processes ?? []).map { ($0.name, order?.log(of: $0.name) ?? $0.logPath) }
    }
}

/// How the logs of a process are named.
package enum LogFiles {
    /// What is added to the name of a log that another has taken the place of.
    package static var earlierSuffix: String { IncarnationPaths.earlierLogSuffix }
}
