import Glibc
import SheafModel
import SheafSupervision

/// As whom a workload is to run: `runAsUser`, which is always recorded, and followed where this machine can.
struct WorkloadUser: Hashable, Sendable {
    /// Nil where nobody is named.
    let name: String?

    init(of spec: WorkloadSpec, _ resource: ResolvedResource) {
        name = spec.runAsUser ?? resource.manifest["runAsUser"]?.stringValue
    }

    /// The user of this machine that the process is switched to; nil where it stays the user of Sheaf.
    func account(on host: HostEnvironment) -> ProcessPlan.User? {
        guard host.isRoot, let account, account.id != geteuid() else { return nil }
        return account
    }

    /// Why a process of the host does not run as this user; nil where it does.
    func shortfall(on host: HostEnvironment) -> String? {
        guard let name else { return nil }
        guard let account else { return "there is no user '\(name)' on this machine" }
        if account.id == geteuid() { return nil }
        guard host.isRoot else { return "only root can run it as '\(name)'" }
        return host.canIsolate ? nil : "without mounts of its own it could not reach its files as '\(name)'"
    }

    /// The user of the name with all groups.
    private var account: ProcessPlan.User? {
        guard let name, !name.isEmpty else { return nil }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        var groups = [gid_t](repeating: 0, count: 256)
        var count = Int32(groups.count)
        // With more groups than fit only the own one is sure.
        let isWhole = getgrouplist(name, entry.pw_gid, &groups, &count) >= 0
        return ProcessPlan.User(
            id: entry.pw_uid,
            group: entry.pw_gid,
            groups: isWhole ? groups.prefix(Int(count)).sorted() : [entry.pw_gid]
        )
    }
}
