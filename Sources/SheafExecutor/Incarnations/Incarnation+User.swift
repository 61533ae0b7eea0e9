import SheafSupervision
import SheafSystem

extension Incarnation {
    /// Gives the processes that run as other users what they need; may be repeated.
    ///
    /// The folders around stay closed: such a process sees only its own, through mounts.
    /// - Throws: `SystemError`.
    func handOver() throws(SystemError) {
        for process in files.plan?.processes ?? [] {
            guard let user = process.user else { continue }
            for mount in process.mounts {
                if mount.source.hasPrefix("\(files.folder)/") {
                    // What the process itself writes is its own already, and must not be walked through again.
                    try FileTree.give(mount.source, to: user, deep: mount.isReadOnly)
                } else if !mount.isReadOnly, FileTree.isUntouched(mount.source) {
                    try FileTree.give(mount.source, to: user, deep: false)
                }
            }
        }
    }
}
