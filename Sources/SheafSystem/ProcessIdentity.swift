import CLinux
import Glibc

/// A process that cannot be mistaken for a later one with the same number.
package struct ProcessIdentity: Hashable, Sendable {
    package let pid: Int32
    /// Clock ticks from boot to the start of the process (`/proc/PID/stat`, field 22).
    package let startTime: UInt64

    package init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The process that has the number now; nil when there is none, or only a zombie that nobody has collected.
    package init?(of pid: Int32) {
        guard let stat = TextFile.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        // The name may hold blanks and brackets, so fields are counted from its end: state is field 3.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let start = UInt64(fields[19]) else { return nil }
        self.init(pid: pid, startTime: start)
    }

    /// This process.
    package static var current: ProcessIdentity {
        ProcessIdentity(of: getpid()) ?? ProcessIdentity(pid: getpid(), startTime: 0)
    }

    package var isAlive: Bool { ProcessIdentity(of: pid) == self }

    /// Which boot of the machine this is (`/proc/sys/kernel/random/boot_id`).
    package static let bootID =
        TextFile.read("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init) ?? ""

    /// Sends a signal, and to this process only.
    ///
    /// - Returns: Whether the process was there to receive it.
    @discardableResult
    package func signal(_ number: Int32) -> Bool {
        withHandle { sheaf_pidfd_send_signal($0, number) == 0 } ?? false
    }

    /// Blocks until the process has ended, at most for a time.
    ///
    /// - Returns: Whether it has ended.
    package func waitForEnd(atMost limit: Duration) -> Bool {
        withHandle { handle in
            var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
            return poll(&entry, 1, Int32(clamping: milliseconds)) == 1
        } ?? true
    }

    /// Blocks until one of several processes has ended, at most for a time; returns at once where one has ended already.
    package static func waitForAnyEnd(of processes: [ProcessIdentity], atMost limit: Duration) {
        let handles = processes.map { sheaf_pidfd_open($0.pid) }
        defer { for handle in handles where handle >= 0 { close(handle) } }
        // The handles are open now, so a number that was reused shows by its start time.
        guard processes.allSatisfy(\.isAlive) else { return }
        // One that could not be opened is passed over, and then the time counts.
        var entries = handles.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
        _ = poll(&entries, nfds_t(entries.count), Int32(clamping: milliseconds))
    }

    /// Runs a body with a pidfd of exactly this process; nil when it has ended.
    private func withHandle<Result>(_ body: (Int32) -> Result) -> Result? {
        let handle = sheaf_pidfd_open(pid)
        guard handle >= 0 else { return nil }
        defer { close(handle) }
        // The handle is open now, so a number that was reused shows by its start time.
        guard isAlive else { return nil }
        return body(handle)
    }
}
