import Glibc
import SheafSupervision

/// How the limits of one process are kept on this host: by control groups, else by limits of each process, else not.
struct ProcessLimits {
    var group: ControlGroup
    /// Limits for `setrlimit` beside those of the plan.
    private(set) var resources: [ProcessPlan.Limit] = []
    /// In words, such as `memory 64Mi by cgroup v1, 0.5 processors without effect`; nil where there is no limit.
    private(set) var words: String?

    init(for plan: ProcessPlan, named name: String, on host: ControlGroupHost) {
        group = ControlGroup(for: plan, named: name, on: host)
        var parts: [String] = []
        if let bytes = plan.memoryLimit {
            let amount = "memory \(ByteText.text(bytes))"
            if let kept = group.keptMemory {
                parts.append("\(amount) by \(kept)")
            } else {
                // The address space would count what is only reserved, of which some runtimes take a lot.
                resources.append(.init(resource: Int32(RLIMIT_DATA.rawValue), soft: UInt64(bytes), hard: UInt64(bytes)))
                parts.append("\(amount) by rlimit, for each process by itself")
            }
        }
        if let share = plan.cpuLimit {
            let amount = "cpu \(share)m"
            parts.append(group.keptProcessors.map { "\(amount) by \($0)" } ?? "\(amount) without effect")
        }
        words = parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
