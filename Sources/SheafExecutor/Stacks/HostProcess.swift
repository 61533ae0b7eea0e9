import SheafEngine
import SheafModel
import SheafSupervision

/// A workload that runs as a process of the host, with its own view of what it may not write and whom it knows.
struct HostProcess {
    private let context: StackContext
    private let paths: ContractPaths
    private let isolation: HostIsolation
    /// Nil where the process has the names themselves.
    private let names: ServiceNameText?

    /// - Parameter switchesUser: Whether it may run as the user that the manifest names.
    init(_ context: StackContext, switchesUser: Bool = true) throws {
        self.context = context
        paths = ContractPaths(context.folders.all)
        isolation = try HostIsolation(of: context, switchesUser: switchesUser)
        names = isolation.isPossible ? nil : ServiceNameText { try context.resources.resource($0) != nil }
    }

    /// A text with all that is elsewhere on this machine.
    private func localised(_ text: String) throws -> String {
        let text = paths.replace(in: text)
        return try names?.replace(in: text) ?? text
    }

    /// A process for a command of the manifest.
    ///
    /// - Throws: `ExecutorError` with `no-command` or `command-not-found`.
    func draft(command: [String]) throws -> ProcessDraft {
        let words = try command.map(localised)
        guard let name = words.first, !name.isEmpty else {
            throw ExecutorError(
                .noCommand,
                "cannot run \(context.request.title): it has neither an image nor a command",
                hint: "add stackSpec.command, or stackSpec.image"
            )
        }
        let variables = try variables()
        guard let program = program(name, path: variables["PATH"]) else {
            throw ExecutorError(
                .commandNotFound,
                "cannot run \(context.request.title): there is no program '\(name)'",
                hint: "install it, or name an image in stackSpec.image"
            )
        }
        return try draft(
            [program] + words.dropFirst(),
            variables: variables,
            directory: context.folders.temp.source
        )
    }

    /// A process for a command that is complete.
    func draft(
        _ arguments: [String],
        variables: [String: String],
        directory: String,
        stopSignal: Int32 = 15
    ) throws -> ProcessDraft {
        let request = context.request
        let limits = request.spec.resources?.limits
        let plan = ProcessPlan(
            name: request.process,
            arguments: arguments,
            environment: variables,
            workingDirectory: directory,
            logPath: context.files.log(of: request.process),
            restart: request.restart,
            dependencies: request.dependencies,
            group: request.group,
            stopSignal: stopSignal,
            memoryLimit: Quantity.memory(limits?.memory).map(Int64.init),
            cpuLimit: Quantity.cpu(limits?.cpu).map { Int64(($0 * 1000).rounded()) },
            mounts: isolation.mounts,
            veils: isolation.veils,
            user: isolation.user
        )
        let folders = context.folders
        return ProcessDraft(
            plan: plan,
            folders: [folders.config, folders.secret, folders.temp, folders.work].map { ($0.source, 0o700) },
            files: try contractFiles(),
            secretValues: context.secretValues(among: variables)
        )
    }

    /// The variables of the contract with the paths replaced.
    func variables(stack: [String: String] = [:]) throws -> [String: String] {
        let environment = RuntimeEnvironment(
            instance: context.request.instance,
            spec: context.request.spec,
            job: context.request.job,
            directories: .init(context.folders)
        )
        return try environment.variables(
            user: context.host.variables["USER"] ?? "",
            path: context.host.path,
            stack: stack,
            secrets: context.secrets.variables
        ).mapValues(localised)
    }

    private func localised(_ bytes: [UInt8]) throws -> [UInt8] {
        let bytes = paths.replace(in: bytes)
        return try names?.replace(in: bytes) ?? bytes
    }

    private func contractFiles() throws -> [IncarnationDraft.File] {
        let configs = try context.request.configs(context.content).map { name, bytes in
            // Binary files are left alone: paths in them may have a length beside them.
            let isText = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
            let content = isText ? try localised(bytes) : bytes
            return IncarnationDraft.File(path: "\(context.folders.config.source)/\(name)", bytes: content, mode: 0o400)
        }
        let secrets = context.secrets.files.map { name, bytes in
            IncarnationDraft.File(path: "\(context.folders.secret.source)/\(name)", bytes: bytes, mode: 0o400)
        }
        return configs + secrets.sorted { $0.path < $1.path }
    }

    /// Relative names with a slash start at the working directory, as a shell has it; it is empty in the beginning.
    private func program(_ name: String, path: String?) -> String? {
        guard name.utf8.contains(UInt8(ascii: "/")) else { return context.host.program(name, path: path) }
        return name.hasPrefix("/") ? context.host.program(name) : nil
    }
}
