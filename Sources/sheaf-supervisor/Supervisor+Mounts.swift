import CLinux
import SheafSupervision
import SheafSystem

extension Supervisor {
    /// Enters the mounts that all jobs of a run are to have alike, once instead of for each of them.
    ///
    /// What runs for ever gets them anew with each start, so that what it mounts itself is gone then. Where the
    /// supervisor cannot have them, each job gets its own, or says why not.
    mutating func shareMounts() {
        guard members.count > 1, var shared = members.first?.plan, !shared.mounts.isEmpty,
            members.allSatisfy({
                $0.plan.restart != .always && $0.plan.mounts == shared.mounts && $0.plan.veils.isEmpty
            })
        else { return }
        shared.user = nil
        guard shared.isolation.withPointer({ $0.map { sheaf_isolate_mounts($0) == 0 } ?? false }) else { return }
        for index in members.indices { members[index].plan.mounts = [] }
    }
}
