import SheafEngine
import SheafModel

// What the container sees
extension ContainerProcess {
    /// The incarnation's folder is closed to others, so what is in it may be open to any user of the container.
    var folders: [(path: String, mode: UInt32)] {
        let folders = context.folders
        return [
            (folders.config.source, 0o755), (folders.secret.source, 0o755), (folders.temp.source, 0o777),
            (folders.work.source, 0o777),
        ]
    }

    func contractFiles() throws -> [IncarnationDraft.File] {
        let configs = try context.request.configs(context.content).map { name, bytes in
            IncarnationDraft.File(path: "\(context.folders.config.source)/\(name)", bytes: bytes, mode: 0o444)
        }
        let secrets = context.secrets.files.sorted { $0.key < $1.key }.map { name, bytes in
            IncarnationDraft.File(path: "\(context.folders.secret.source)/\(name)", bytes: bytes, mode: 0o444)
        }
        return configs + secrets
    }

    /// The search path is the image's own unless the manifest gives one.
    func variables() throws -> [String: String] {
        let environment = RuntimeEnvironment(
            instance: context.request.instance,
            spec: context.request.spec,
            job: context.request.job,
            directories: .contract
        )
        let variables = try environment.variables(
            user: context.host.variables["USER"] ?? "",
            path: nil,
            stack: [:],
            secrets: context.secrets.variables
        )
        return try context.request.addingPorts(to: variables, isInside: true)
    }

    /// Values are never arguments, which everybody can read: the engine finds them in its own environment, or in a
    /// file where they would change what the engine itself does.
    func split(_ variables: [String: String]) throws -> (passed: [String: String], filed: [String: String]) {
        let filed = variables.filter { ContainerEngine.isOwnVariable($0.key) }
        for (key, value) in filed where value.contains(where: \.isNewline) {
            throw ExecutorError(
                .invalidValue,
                "cannot run \(context.request.title): the variable \(key) has several lines",
                hint: "give it another name"
            )
        }
        return (variables.filter { !ContainerEngine.isOwnVariable($0.key) }, filed)
    }
}
