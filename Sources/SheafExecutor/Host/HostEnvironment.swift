import Glibc
import SheafSystem

/// What the executor may know of the host, read when asked.
package struct HostEnvironment: Hashable, Sendable {
    /// The environment of the user who runs Sheaf.
    package let variables: [String: String]

    package init(variables: [String: String]) { self.variables = variables }

    /// Where programs are looked for when the user has no `PATH`.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    package var path: String { variables["PATH"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultPath }

    /// The first executable file of a name in a search path; a name with a slash is only looked at.
    package func program(_ name: String, path: String? = nil) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return FileTree.isExecutable(name) ? name : nil }
        return (path ?? self.path).split(separator: ":").lazy
            .filter { $0.hasPrefix("/") }
            .map { "\($0)/\(name)" }
            .first(where: FileTree.isExecutable)
    }

    package var isRoot: Bool { geteuid() == 0 }

    /// Whether workloads can have mounts of their own: this user may make them, and has not forbidden it.
    ///
    /// A root without the right to mount could do so only in a namespace where there are no other users, which what
    /// runs as root may need.
    package var canIsolate: Bool {
        guard variables["SHEAF_ISOLATION"] != "off", !isRoot || has(.mount) else { return false }
        return ChildIsolation.isAllowed
    }

    /// Whether workloads can run as other users, who see what is theirs through mounts.
    package var canSwitchUser: Bool { isRoot && has(.setUser) && has(.setGroup) && canIsolate }

    package var hasSystemd: Bool { FileTree.isFolder("/run/systemd/system") }

    /// How the kernel presents control groups.
    package enum ControlGroups: String, Sendable { case v1, hybrid, v2, none }

    package var controlGroups: ControlGroups {
        if FileTree.exists("/sys/fs/cgroup/cgroup.controllers") { return .v2 }
        if FileTree.exists("/sys/fs/cgroup/unified/cgroup.controllers") { return .hybrid }
        return FileTree.exists("/sys/fs/cgroup/memory") ? .v1 : .none
    }

    /// Whether this process may raise limits beyond its own.
    package var canRaiseLimits: Bool { has(.raiseLimits) }

    /// Rights that root may have given up, by their bits.
    private enum Capability: UInt64 {
        /// `CAP_SETGID`.
        case setGroup = 6
        /// `CAP_SETUID`.
        case setUser = 7
        /// `CAP_SYS_ADMIN`.
        case mount = 21
        /// `CAP_SYS_RESOURCE`.
        case raiseLimits = 24
    }

    private func has(_ capability: Capability) -> Bool { Self.capabilities & (1 << capability.rawValue) != 0 }

    /// Of this process, as bits, which it does not give up while it runs; all of them where nobody says.
    private static let capabilities: UInt64 = {
        guard
            let line = TextFile.read("/proc/self/status")?.split(separator: "\n").first(where: {
                $0.hasPrefix("CapEff:")
            }),
            let mask = UInt64(line.dropFirst(7).filter { $0 != "\t" && $0 != " " }, radix: 16)
        else { return .max }
        return mask
    }()

    /// The server of PostgreSQL that `sheaf-steampipe` takes: where Debian puts it, the newest, else on the path.
    package var postgres: String? {
        let versions = ProcessTable.numbers(in: "/usr/lib/postgresql").filter { $0 >= 12 }.sorted(by: >)
        let installed = versions.map { "/usr/lib/postgresql/\($0)/bin/postgres" }
        return installed.first(where: FileTree.isExecutable) ?? program("postgres")
    }
}
