import SheafSupervision

/// What `sheaf doctor` says about the host.
package struct HostChecks: Sendable {
    package struct Finding: Hashable, Sendable {
        package enum Level: String, Sendable {
            case good
            /// Some workloads cannot run.
            case limited
            /// Nothing can run.
            case broken
        }

        /// A stable name such as `containers`.
        package var name: String
        package var level: Level
        /// What was found.
        package var detail: String
        /// What mends it.
        package var hint: String?
    }

    private let home: ExecutorHome
    private let tools: ToolPaths
    private let host: HostEnvironment

    /// - Parameters:
    ///   - home: The absolute path of `$SHEAF_HOME`.
    ///   - tools: The programs that run beside Sheaf.
    ///   - environment: Of the user.
    package init(home: String, tools: ToolPaths, environment: [String: String]) {
        self.home = ExecutorHome(home)
        self.tools = tools
        host = HostEnvironment(variables: environment)
    }

    /// All findings, the most basic first; nothing is changed, and no other program is run.
    package var findings: [Finding] {
        [homeFolder, supervisor, isolation, gateway, containers, steampipe, controlGroups]
    }

    private var homeFolder: Finding {
        var folder = home.path
        while !FileTree.exists(folder), folder != "/" { folder = FileTree.parent(of: folder) }
        guard FileTree.isFolder(folder), FileTree.isWritable(folder) else {
            return Finding(name: "home", level: .broken, detail: "\(folder) cannot be written", hint: "set SHEAF_HOME")
        }
        return Finding(name: "home", level: .good, detail: home.path)
    }

    private var supervisor: Finding {
        guard FileTree.isExecutable(tools.supervisor) else {
            return Finding(
                name: "supervisor",
                level: .broken,
                detail: "\(tools.supervisor) is missing",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        return Finding(name: "supervisor", level: .good, detail: tools.supervisor)
    }

    /// Mounts of their own: `readOnly` and the names of services for processes of the host, and other users for root.
    private var isolation: Finding {
        guard host.canIsolate else {
            return Finding(
                name: "isolation",
                level: .limited,
                detail: "processes share the mounts of the host: 'readOnly' is not enforced for them, and names of "
                    + "services are replaced in their commands, variables and configuration files only",
                hint: host.variables["SHEAF_ISOLATION"] == "off"
                    ? "unset SHEAF_ISOLATION" : "allow this user to make user namespaces, or run Sheaf as root"
            )
        }
        let users = host.isRoot ? "as root, for every process" : "in user namespaces, for the processes that need them"
        return Finding(name: "isolation", level: .good, detail: "mounts of their own \(users)")
    }

    private var gateway: Finding {
        guard FileTree.isExecutable(tools.gateway) else {
            return Finding(
                name: "gateway",
                level: .limited,
                detail: "\(tools.gateway) is missing: services with an ingress or replicas cannot run",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        let keeper = GatewayKeeper(home: home, tools: tools, patience: Patience(), port: nil, pool: PortPool())
        guard keeper.isRunning else {
            return Finding(name: "gateway", level: .good, detail: "\(tools.gateway), not running: no service needs it")
        }
        if let problem = keeper.state?.problems.sorted(by: { $0.key < $1.key }).first?.value {
            return Finding(name: "gateway", level: .limited, detail: "it \(problem)", hint: "end what has the port")
        }
        let address = keeper.ingressPort.map { "http://127.0.0.1:\($0)" } ?? "running, without an ingress"
        return Finding(name: "gateway", level: .good, detail: address)
    }

    private var containers: Finding {
        guard let engine = ContainerEngine(on: host) else {
            return Finding(
                name: "containers",
                level: .limited,
                detail: "neither podman nor docker: images cannot run",
                hint: "apt-get install podman"
            )
        }
        let flags = (engine.hostFlags + engine.runFlags).joined(separator: " ")
        return Finding(
            name: "containers",
            level: .good,
            detail: flags.isEmpty ? engine.program : "\(engine.program), with \(flags)"
        )
    }

    private var steampipe: Finding {
        if let real = host.program("steampipe"), !host.isRoot {
            return Finding(name: "steampipe", level: .good, detail: real)
        }
        guard let postgres = host.postgres else {
            return Finding(
                name: "steampipe",
                level: .limited,
                detail: "PostgreSQL is not installed: SteamPipe services cannot run",
                hint: "apt-get install postgresql"
            )
        }
        guard FileTree.isExecutable(tools.steampipe) else {
            return Finding(
                name: "steampipe",
                level: .limited,
                detail: "\(tools.steampipe) is missing",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        return Finding(name: "steampipe", level: .good, detail: "\(tools.steampipe) on \(postgres)")
    }

    private var controlGroups: Finding {
        switch host.controlGroups {
        case .v2: Finding(name: "cgroups", level: .good, detail: "version 2")
        case .v1, .hybrid:
            Finding(
                name: "cgroups",
                level: .good,
                detail: "version 1\(host.controlGroups == .hybrid ? ", hybrid" : "")"
            )
        case .none: Finding(name: "cgroups", level: .limited, detail: "none: limits of containers have no effect")
        }
    }
}
