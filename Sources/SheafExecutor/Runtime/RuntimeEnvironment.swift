import SheafEngine
import SheafModel
import SheafSupervision

/// The variables of the runtime contract.
///
/// Precedence: injected, then the stack's, then the secrets', then those of `envs`; the later win.
struct RuntimeEnvironment {
    let instance: ResourceInstance
    let spec: WorkloadSpec
    /// Nil for services and workers.
    let job: String?
    /// The directories as the workload sees them.
    let directories: Directories

    struct Directories {
        var config: String
        var secret: String
        var temp: String
        var work: String

        /// At the paths of the contract, as in a container.
        static let contract = Directories(
            config: RuntimeFolder.config,
            secret: RuntimeFolder.secret,
            temp: RuntimeFolder.temp,
            work: RuntimeFolder.work
        )

        init(config: String, secret: String, temp: String, work: String) {
            (self.config, self.secret, self.temp, self.work) = (config, secret, temp, work)
        }

        /// At the real directories, as for a process on the host.
        init(_ folders: RuntimeFolders) {
            self.init(
                config: folders.config.source,
                secret: folders.secret.source,
                temp: folders.temp.source,
                work: folders.work.source
            )
        }
    }

    /// All variables.
    ///
    /// - Throws: `ExecutorError` with `invalid-value` when an entry of `envs` is no scalar.
    func variables(user: String, path: String?, stack: [String: String], secrets: [String: String]) throws
        -> [String: String]
    {
        var variables = injected(user: user)
        if let key = spec.runAsApiKey { variables["DATAOS_RUN_AS_APIKEY"] = key }
        if let path { variables["PATH"] = path }
        variables.merge(stack) { $1 }
        variables.merge(secrets) { $1 }
        variables.merge(try ownVariables()) { $1 }
        return variables
    }

    private func ownVariables() throws -> [String: String] {
        var variables: [String: String] = [:]
        for (key, value) in spec.envs ?? [:] {
            guard let text = value == .null ? "" : value.scalarText, !key.isEmpty, !key.utf8.contains(UInt8(ascii: "="))
            else {
                throw ExecutorError(.invalidValue, "'\(key)' in envs of \(instance.resource.id) can be no variable")
            }
            variables[key] = text
        }
        return variables
    }

    private func injected(user: String) -> [String: String] {
        let resource = instance.resource
        let id = resource.id
        let stamp = "-g\(instance.generation)"
        let name = job ?? id.name
        let identity =
            "\(id.kind.rawValue):\(resource.schemaVersion):\(id.name)" + (id.workspace.map { ":\($0)" } ?? "")
        let tags = resource.manifest["tags"]?.arrayValue?.compactMap(\.scalarText) ?? []
        let logLevel = spec.logLevel ?? "INFO"
        return [
            "DATAOS_NAME": name,
            "DATAOS_TYPE": id.kind.rawValue,
            "DATAOS_WORKSPACE": id.workspace ?? "",
            "DATAOS_RESOURCE_ID": identity,
            "DATAOS_RUN_ID": job == nil ? "\(id.name)\(stamp)" : RunOrder.idPlaceholder,
            "DATAOS_STAMP": stamp,
            "DATAOS_UID": Digest(of: Array("\(id)\(stamp)".utf8)).short,
            "DATAOS_TAGS": tags.joined(separator: ","),
            "DATAOS_DESCRIPTION": resource.manifest["description"]?.scalarText ?? "",
            "DATAOS_FQDN": "localhost",
            "DATAOS_RUN_AS_USER": WorkloadUser(of: spec, resource).name ?? user,
            "DATAOS_IS_DRY_RUN": spec.dryRun == true ? "true" : "false",
            "RUNNABLE_TYPE": id.kind.rawValue,
            "POD_NAME": "\(name)\(stamp)",
            "DATAOS_CONFIG_DIR": directories.config,
            "DATAOS_SECRET_DIR": directories.secret,
            "DATAOS_TEMP_DIR": directories.temp,
            "RUNNABLE_ARTIFACT_DIR": directories.work,
            "LOG_LEVEL": logLevel,
            "DATAOS_LOG_LEVEL": logLevel,
            "HOME": directories.temp,
            "LANG": "C.UTF-8",
        ]
    }
}
