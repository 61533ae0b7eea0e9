import Glibc

/// What one process has used, as `/proc/PID/stat` shows it.
package struct ProcessUsage: Hashable, Sendable {
    package var pid: Int32
    package var parent: Int32
    /// Of the processors, by itself and by the children that it has collected, in clock ticks.
    package var ticks: UInt64
    /// What it has in memory now, in bytes; what it shares counts for each of those who share it.
    package var resident: Int64

    /// How many clock ticks a second has.
    package static let ticksPerSecond = UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))

    /// All processes, by their numbers.
    package static func all() -> [Int32: ProcessUsage] {
        let usages = ProcessTable.pids().compactMap(ProcessUsage.init(of:))
        return Dictionary(usages.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private init?(of pid: Int32) {
        guard let stat = TextFile.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        // Fields count from 3 behind the name: 4 is the parent, 14 to 17 are the times, 24 is the memory in pages.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let parent = Int32(fields[1]), let pages = Int64(fields[21]) else { return nil }
        (self.pid, self.parent) = (pid, parent)
        ticks = fields[11...14].compactMap { UInt64($0) }.reduce(0, +)
        resident = pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// What the process has in memory with its fair share of what several have (`Pss` of `/proc/PID/smaps_rollup`).
    ///
    /// Where it may not be read, all of `resident`.
    package var memory: Int64 {
        let lines = TextFile.read("/proc/\(pid)/smaps_rollup")?.split(separator: "\n") ?? []
        // Pss:                 184 kB
        let words = lines.first { $0.hasPrefix("Pss:") }?.split(separator: " ")
        guard let words, words.count > 1, let kilobytes = Int64(words[1]) else { return resident }
        return kilobytes << 10
    }
}
