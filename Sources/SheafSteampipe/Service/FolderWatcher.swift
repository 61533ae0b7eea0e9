import CLinux
import Glibc
import SheafSystem

/// Tells when something in any of a number of folders changes.
package final class FolderWatcher {
    private let events: Descriptor
    private var watches: [String: Int32] = [:]
    private let log: ServiceLog

    /// - Throws: `SystemError` when the system has no more watchers to give.
    package init(log: ServiceLog) throws {
        let number = sheaf_inotify()
        guard number >= 0 else { throw SystemError("watch folders") }
        events = Descriptor(owning: number)
        self.log = log
    }

    /// Becomes readable when something has changed.
    package var descriptor: Int32 { events.number }

    /// Watches these folders and no others.
    ///
    /// Those that are gone are left out.
    /// - Returns: Whether a folder is watched now that was not before.
    package func watch(_ folders: Set<String>) -> Bool {
        var hasNew = false
        for (folder, watch) in watches where !folders.contains(folder) {
            inotify_rm_watch(events.number, watch)
            watches[folder] = nil
        }
        let mask =
            UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM)
            | UInt32(IN_MOVED_TO) | UInt32(IN_ONLYDIR)
        for folder in folders.sorted() {
            // Adding one again changes nothing, and is needed when the folder was made anew.
            let watch = inotify_add_watch(events.number, folder, mask)
            if watch >= 0 {
                hasNew = hasNew || watches[folder] != watch
                watches[folder] = watch
            } else if errno != ENOENT, errno != ENOTDIR {
                log.write("cannot watch \(folder): \(SystemError("watch").reason)")
            }
        }
        return hasNew
    }

    /// Takes what has happened off the queue.
    ///
    /// - Returns: Whether anything had.
    package func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var isChanged = false
        while read(events.number, &buffer, buffer.count) > 0 { isChanged = true }
        return isChanged
    }
}
