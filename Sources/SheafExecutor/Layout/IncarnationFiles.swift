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
    package var secret: String { "\(folder)/secret" }
    package var temp: String { "\(folder)/temp" }
    package var logs: String { "\(folder)/log" }
    package var run: String { "\(folder)/run" }
    /// Environment that must not be seen by the container engine itself, one `KEY=value` a line.
    package func environmentFile(of process: String) -> String { "\(folder)/environment.\(process)" }
    /// The credentials of a private image registry, as `config.json`.
    package var registryLogin: String { "\(folder)/registry" }
    /// The digest of the resource that the incarnation was made from.
    package var definition: String { "\(folder)/definition" }
    /// What Sheaf has written into the folder, with digests.
    package var record: String { "\(folder)/files" }
    /// Texts that must never leave in evidence.
    package var redactions: String { "\(folder)/redactions" }

    /// The name of the process of a service or a worker; jobs go by their own names.
    package static let mainProcess = "main"

    /// Where a process writes its standard output and standard error.
    package func log(of process: String) -> String { "\(logs)/\(process).log" }

    /// What shall run; nil when the incarnation is not completely rendered.
    package var plan: LaunchPlan? {
        // A plan that cannot be read is as good as none: the incarnation has to be prepared again.
        TextFile.read(supervision.launch).flatMap { try? LaunchPlan(decoding: $0) }
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
