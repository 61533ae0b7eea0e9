import SheafSupervision
import SheafSystem

/// Measures what instances use, from one look to the next.
struct LoadMeter {
    /// One instance at a look.
    struct Instance {
        var pid: Int32
        /// The name of its container; its processes are not below the client that was started.
        var container: String?
    }

    private struct Reading {
        var ticks: UInt64
        var time: Milliseconds
    }

    private var earlier: [Int32: Reading] = [:]

    /// Between two readings there must be some ticks, or one of them decides.
    private static let shortest: Milliseconds = 100

    /// Finds out what each instance uses.
    ///
    /// - Parameters:
    ///   - instances: Those that run.
    ///   - supervisor: This process, to which the monitors of containers belong.
    ///   - countsMemory: Whether their memory matters, which takes longer to find out.
    /// - Returns: In their order; nil for one that was not there at the look before, or whose processes are not to be seen.
    mutating func measure(_ instances: [Instance], below supervisor: Int32, countsMemory: Bool) -> [InstanceLoad?] {
        let usages = ProcessUsage.all()
        let children = Dictionary(grouping: usages.values, by: \.parent)
        let now = Clock.now
        let before = earlier
        earlier = [:]
        return instances.map { instance in
            var roots = [instance.pid]
            if let container = instance.container {
                guard let monitor = Self.monitor(of: container, among: children[supervisor] ?? []) else { return nil }
                roots.append(monitor)
            }
            let own = Self.tree(roots, usages, children)
            let ticks = own.reduce(0) { $0 + $1.ticks }
            earlier[instance.pid] = Reading(ticks: ticks, time: now)
            guard let reading = before[instance.pid], now - reading.time >= Self.shortest else { return nil }
            // What has ended and was not collected by one of them is counted no more.
            let used = Int64(clamping: ticks > reading.ticks ? ticks - reading.ticks : 0)
            return InstanceLoad(
                cpu: used * 1_000_000 / Int64(ProcessUsage.ticksPerSecond) / (now - reading.time),
                memory: countsMemory ? own.reduce(0) { $0 + $1.memory } : 0
            )
        }
    }

    private static func tree(
        _ roots: [Int32],
        _ usages: [Int32: ProcessUsage],
        _ children: [Int32: [ProcessUsage]]
    ) -> [ProcessUsage] {
        var found = roots.compactMap { usages[$0] }
        var next = 0
        while next < found.count {
            found += children[found[next].pid] ?? []
            next += 1
        }
        return found
    }

    /// The process by which podman looks after a container: it is adopted, and has the container's name as an argument.
    private static func monitor(of container: String, among candidates: [ProcessUsage]) -> Int32? {
        candidates.first { candidate in
            let words = TextFile.read("/proc/\(candidate.pid)/cmdline")?.split(separator: "\0") ?? []
            return words.first?.hasSuffix("conmon") == true && words.contains(container[...])
        }?.pid
    }
}
