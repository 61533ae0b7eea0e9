import Glibc
import SheafModel
import SheafSupervision

/// A workload of the SteamPipe stack: the real program where it can run, else Sheaf's own engine on PostgreSQL.
struct SteampipeProcess {
    private let context: StackContext

    init(_ context: StackContext) { self.context = context }

    /// - Throws: `ExecutorError` with `missing-engine`.
    func draft() throws -> ProcessDraft {
        // PostgreSQL has a user of its own, and what it keeps is his.
        let process = try HostProcess(context, switchesUser: false)
        let port = try context.request.port() ?? WorkloadRequest.steampipePort
        let variables = try process.variables()
        // The real one refuses to run as root.
        if let steampipe = context.host.program("steampipe"), !context.host.isRoot {
            return try realDraft(process, steampipe, port, variables)
        }
        guard FileTree.isExecutable(context.tools.steampipe) else {
            throw ExecutorError(
                .missingEngine,
                "cannot run \(context.request.title): \(context.tools.steampipe) is missing",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        guard context.host.postgres != nil else {
            throw ExecutorError(
                .missingEngine,
                "cannot run \(context.request.title): PostgreSQL is not installed",
                hint: "apt-get install postgresql"
            )
        }
        let config = context.folders.config.source
        let data = "\(context.files.run)/postgres"
        return try process.draft(
            [context.tools.steampipe, "--config-dir", config, "--data-dir", data, "--port", String(port)],
            variables: variables,
            directory: config
        )
    }

    private func realDraft(
        _ process: HostProcess,
        _ steampipe: String,
        _ port: Int,
        _ variables: [String: String]
    ) throws -> ProcessDraft {
        let install = "\(context.files.run)/steampipe"
        var draft = try process.draft(
            [
                steampipe, "service", "start", "--foreground", "--database-port", String(port),
                "--database-listen", "local", "--install-dir", install,
            ],
            variables: variables,
            directory: context.folders.config.source,
            // It traps no other signal, and its PostgreSQL would go on.
            stopSignal: SIGINT
        )
        let config = context.folders.config.source
        for file in draft.files where file.path.hasPrefix("\(config)/") && file.path.hasSuffix(".spc") {
            draft.files.append(
                .init(
                    path: "\(install)/config/\(file.path.dropFirst(config.count + 1))",
                    bytes: file.bytes,
                    mode: 0o600
                )
            )
        }
        return draft
    }
}
