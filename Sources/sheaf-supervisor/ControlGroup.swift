import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// The control groups of one process, in which the kernel keeps its limits for it and all that it starts.
///
/// With version 2 it is one folder, with version 1 one for each limit. What cannot be made is told, never assumed.
struct ControlGroup {
    /// The folders, each with a file `cgroup.procs`.
    private(set) var folders: [String] = []
    /// Has the count of kills for want of memory.
    private var memoryEvents: String?
    private var killsBefore = 0
    /// Which limits are kept, and by what; empty where none is.
    private(set) var keptMemory: String?
    private(set) var keptProcessors: String?

    /// The time in which a process gets its share of the processors, in microseconds.
    private static let period: Int64 = 100_000

    /// Makes the groups that a plan needs, as far as the host lets this user.
    init(for plan: ProcessPlan, named name: String, on host: ControlGroupHost) {
        guard plan.memoryLimit != nil || plan.cpuLimit != nil else { return }
        if let parent = host.unifiedParent, let folder = make(name, in: parent) { limit(plan, unified: folder) }
        if let bytes = plan.memoryLimit, keptMemory == nil, let parent = host.parent(of: "memory"),
            let folder = make(name, in: parent)
        {
            if Self.write(String(bytes), to: "\(folder)/memory.limit_in_bytes") {
                // Where swap is counted too, it must not take what memory refuses.
                _ = Self.write(String(bytes), to: "\(folder)/memory.memsw.limit_in_bytes")
                keptMemory = "cgroup v1"
                memoryEvents = "\(folder)/memory.oom_control"
            }
        }
        if let share = plan.cpuLimit, keptProcessors == nil, let parent = host.parent(of: "cpu"),
            let folder = make(name, in: parent), Self.write(String(Self.period), to: "\(folder)/cpu.cfs_period_us"),
            Self.write(String(share * Self.period / 1000), to: "\(folder)/cpu.cfs_quota_us")
        {
            keptProcessors = "cgroup v1"
        }
    }

    private mutating func limit(_ plan: ProcessPlan, unified folder: String) {
        if let bytes = plan.memoryLimit, Self.write(String(bytes), to: "\(folder)/memory.max") {
            _ = Self.write("0", to: "\(folder)/memory.swap.max")
            keptMemory = "cgroup v2"
            memoryEvents = "\(folder)/memory.events"
        }
        if let share = plan.cpuLimit,
            Self.write("\(share * Self.period / 1000) \(Self.period)", to: "\(folder)/cpu.max")
        {
            keptProcessors = "cgroup v2"
        }
    }

    /// One that is there already is what an earlier supervisor of the same incarnation has left.
    private mutating func make(_ name: String, in parent: String) -> String? {
        let folder = "\(parent)/\(name)"
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { return nil }
        if !folders.contains(folder) { folders.append(folder) }
        return folder
    }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = sheaf_open(path, O_WRONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
    }
}

// While it is used
extension ControlGroup {
    /// Notes that an attempt begins.
    ///
    /// - Returns: Descriptors for the child to join the groups; the caller closes them.
    mutating func noteStart() -> [Int32] {
        killsBefore = kills
        return folders.map { sheaf_open("\($0)/cgroup.procs", O_WRONLY | O_CLOEXEC, 0) }.filter { $0 >= 0 }
    }

    /// Whether something was killed for want of memory since the attempt began.
    var hasRunOutOfMemory: Bool { kills > killsBefore }

    private var kills: Int {
        guard let memoryEvents, let text = TextFile.read(memoryEvents) else { return 0 }
        // Both versions have a line `oom_kill 3`.
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
    }

    /// Kills what is left in it, whatever session it is in and whatever it has made of its environment.
    func killAll() {
        for folder in folders {
            if Self.write("1", to: "\(folder)/cgroup.kill") { continue }
            let members = TextFile.read("\(folder)/cgroup.procs")?.split(separator: "\n") ?? []
            for pid in members.compactMap({ Int32($0) }) where pid > 1 { ProcessIdentity(of: pid)?.signal(SIGKILL) }
        }
    }

    /// Removes the groups; what is killed leaves them a moment later, so whoever comes last removes them.
    func remove() { for folder in folders { rmdir(folder) } }
}
