import Glibc

/// The program that runs containers, and the flags that it needs on this host.
package struct ContainerEngine: Hashable, Sendable {
    package enum Kind: String, Sendable { case podman, docker }

    package let kind: Kind
    /// The path of the program.
    package let program: String
    /// Before the command, such as `--runtime runc`.
    package let hostFlags: [String]
    /// After `run`, such as `--ulimit nofile=...`.
    package let runFlags: [String]
    /// The variables that the engine itself needs of its user.
    package let environment: [String: String]
    /// Whether a container with a network of its own can reach what listens on the host's loopback address.
    let mayReachHost: Bool

    /// A network of its own from which the host's loopback address is reached; slower than a bridge.
    static let hostNetwork = "--network=slirp4netns:allow_host_loopback=true"
    /// The host in that network, see the manual page of slirp4netns.
    static let hostAddress = "10.0.2.2"

    /// Finds podman, else docker.
    ///
    /// - Returns: nil when there is neither.
    package init?(on host: HostEnvironment) {
        if let program = host.program(Kind.podman.rawValue) {
            (kind, self.program) = (.podman, program)
            hostFlags = Self.podmanFlags(host)
            mayReachHost = host.program("slirp4netns") != nil
        } else if let program = host.program(Kind.docker.rawValue) {
            (kind, self.program, hostFlags) = (.docker, program, [])
            mayReachHost = false
        } else {
            return nil
        }
        runFlags = Self.limitFlags(host)
        var environment = host.variables.filter { Self.isOwnVariable($0.key) }
        environment["PATH"] = host.path
        self.environment = environment
    }

    private static func podmanFlags(_ host: HostEnvironment) -> [String] {
        var flags: [String] = []
        // crun refuses to work where a controller sits on the second hierarchy; runc does not look at it.
        if host.controlGroups == .hybrid, let runc = host.program("runc") { flags += ["--runtime", runc] }
        // Without systemd there is nobody to ask for control groups, and no journal for events.
        if !host.hasSystemd { flags += ["--cgroup-manager", "cgroupfs", "--events-backend", "file"] }
        return flags
    }

    /// Engines that run as root raise limits for containers, which fails without the capability to do so.
    private static func limitFlags(_ host: HostEnvironment) -> [String] {
        guard host.isRoot, !host.canRaiseLimits else { return [] }
        return [
            "--ulimit=nofile=\(hardLimit(RLIMIT_NOFILE))",
            // Larger ones are refused although the host has them; a container has at most 2048 processes anyway.
            "--ulimit=nproc=\(min(hardLimit(__RLIMIT_NPROC), 4096))",
        ]
    }

    /// Whether the client removes a container when it ends by itself.
    ///
    /// A client of docker does that too, but where podman answers it, it then forgets how the program ended.
    var removesEnded: Bool { kind == .podman }

    /// The lowest exit code after which a container may be left: from 125 on it may be the engine's own.
    var firstCleanup: Int32 { removesEnded ? 125 : 0 }

    /// Removes a container that its client has left: SIGTERM, and SIGKILL a moment later.
    func removal(of name: String) -> [String] {
        ["rm", "--force", "--volumes"] + (kind == .podman ? ["--time", String(Self.leftGrace)] : []) + [name]
    }

    /// In seconds.
    ///
    /// Where a workload is ended it has had its whole grace before, so this is not long.
    private static let leftGrace = 2

    private static func hardLimit(_ resource: __rlimit_resource) -> rlim_t {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        return limit.rlim_max
    }

    /// Whether a variable means something to an engine, so that a workload's value of it must not reach the engine.
    static func isOwnVariable(_ key: String) -> Bool {
        let names: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "DBUS_SESSION_BUS_ADDRESS"]
        let beginnings = [
            "XDG_", "CONTAINER_", "CONTAINERS_", "DOCKER_", "STORAGE_", "REGISTRY_", "REGISTRIES_", "BUILDAH_",
            "PODMAN_",
            "NETAVARK_", "_CONTAINERS_", "LD_", "GO", "SSL_", "NOTIFY_", "LISTEN_",
        ]
        return names.contains(key) || beginnings.contains(where: key.hasPrefix)
            || key.lowercased().hasSuffix("_proxy")
    }
}
