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

    /// The name of the process of one of several instances, from 0; `main` where there is one only.
    package static func process(ofReplica replica: Int?) -> String {
        replica.map { "\(mainProcess)-\($0)" } ?? mainProcess
    }

    /// Where a process writes its standard output and standard error.
    package func log(of process: String) -> String { "\(logs)/\(process).log" }

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
        // Files of another format belong to another version of Sheaf, about which nothing can be said.
        TextFile.read(supervision.status).flatMap { try? SupervisorStatus(decoding: $0) }
    }

    /// The logs of this incarnation, in the order of its processes.
    package var processLogs: [(process: String, path: String)] {
        (plan?.processes ?? []).map { ($0.name, $0.logPath) }
    }
}
