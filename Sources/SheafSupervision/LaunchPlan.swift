/// All that a supervisor needs to know of one incarnation: its processes and what they wait for.
package struct LaunchPlan: Hashable, Sendable {
    /// In the order in which they are started where their dependencies leave a choice.
    package var processes: [ProcessPlan]
    /// How many of them may run at the same moment; nil for any number.
    package var parallelism: Int?
    /// Each behind the one that it is in.
    package var groups: [GroupPlan]
    /// How many of the processes run by their load, the first ones first; nil where all of them do.
    package var scaling: ScalingPlan?

    package init(
        processes: [ProcessPlan],
        parallelism: Int? = nil,
        groups: [GroupPlan] = [],
        scaling: ScalingPlan? = nil
    ) {
        self.processes = processes
        self.parallelism = parallelism
        self.groups = groups
        self.scaling = scaling
    }

    /// What makes the plan impossible to run; nil when nothing does.
    package var problem: String? {
        guard !processes.isEmpty else { return "there is no process to run" }
        guard parallelism.map({ $0 > 0 }) ?? true else { return "no process may run" }
        if let scaling {
            let (least, first) = (scaling.least, scaling.first)
            guard least > 0, least <= first, first <= processes.count, scaling.period > 0 else {
                return "its instances cannot be scaled so"
            }
        }
        var names: Set<String> = []
        for process in processes {
            guard names.insert(process.name).inserted else { return "two processes are named '\(process.name)'" }
            if let problem = process.problem { return "process '\(process.name)' \(problem)" }
        }
        for process in processes {
            for need in process.dependencies where !names.contains(need) {
                return "process '\(process.name)' depends on '\(need)', which is not there"
            }
        }
        return groupProblem ?? cycleProblem
    }

    private var cycleProblem: String? {
        var needs = ProcessNeeds(processes)
        var free = needs.roots
        while let next = free.popLast() { free += needs.release(next) }
        return needs.firstWaiting.map { "process '\(processes[$0].name)' waits for itself" }
    }
}

/// One process of an incarnation.
package struct ProcessPlan: Hashable, Sendable {
    /// A limit for `setrlimit`, by the kernel's number of the resource.
    package struct Limit: Hashable, Sendable {
        package var resource: Int32
        package var soft: UInt64
        package var hard: UInt64

        package init(resource: Int32, soft: UInt64, hard: UInt64) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }
    }

    /// A file or a folder that the process sees at a place, perhaps its own.
    package struct Mount: Hashable, Sendable {
        package var source: String
        package var target: String
        package var isReadOnly: Bool
        /// Whether it is left out where there is no source or no target.
        package var isOptional: Bool

        package init(source: String, target: String, isReadOnly: Bool, isOptional: Bool = false) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
            self.isOptional = isOptional
        }
    }

    /// Another user than the supervisor's, by the numbers that he had when the plan was made.
    package struct User: Hashable, Sendable {
        package var id: UInt32
        package var group: UInt32
        /// All further groups.
        package var groups: [UInt32]

        package init(id: UInt32, group: UInt32, groups: [UInt32] = []) {
            self.id = id
            self.group = group
            self.groups = groups
        }
    }

    package var name: String
    /// The first is the absolute path of the program; there is no search.
    package var arguments: [String]
    /// The whole environment; the supervisor adds only its marker.
    package var environment: [String: String]
    package var workingDirectory: String
    /// Standard output and standard error are appended here.
    package var logPath: String
    package var restart: RestartPolicy
    /// Names of the processes that must have succeeded before.
    package var dependencies: [String]
    /// The innermost group that it is tried again with.
    package var group: String?
    /// Sent to the process group when the incarnation is stopped.
    package var stopSignal: Int32
    /// From the stop signal to SIGKILL.
    package var grace: Milliseconds
    /// Run after each end of the process that is not below `cleanupFrom`; empty for none.
    package var cleanup: [String]
    /// The lowest exit code after which something may be left; a signal always leaves something.
    package var cleanupFrom: Int32
    package var umask: UInt32
    package var limits: [Limit]
    /// How much memory the process and its children may use together, in bytes; nil for any amount.
    package var memoryLimit: Int64?
    /// How much of the processors they may use together, in thousandths of one; nil for all.
    package var cpuLimit: Int64?
    /// How much of the end of its log is kept at least, in bytes; nil for all of it.
    package var logLimit: Int64?
    /// In a mount namespace of its own, those nearer to the root first; none for the mounts of the host.
    package var mounts: [Mount]
    /// Folders that it sees empty but for the mounts: another user could not enter them.
    package var veils: [String]
    /// Nil for the user of the supervisor.
    package var user: User?
    /// Where the gateway finds it, for one that comes and goes with the load.
    package var ports: [Int]

    package init(
        name: String,
        arguments: [String],
        environment: [String: String] = [:],
        workingDirectory: String = "/",
        logPath: String,
        restart: RestartPolicy = .never,
        dependencies: [String] = [],
        group: String? = nil,
        stopSignal: Int32 = 15,
        grace: Milliseconds = 10_000,
        cleanup: [String] = [],
        cleanupFrom: Int32 = 0,
        umask: UInt32 = 0o022,
        limits: [Limit] = [],
        memoryLimit: Int64? = nil,
        cpuLimit: Int64? = nil,
        logLimit: Int64? = nil,
        mounts: [Mount] = [],
        veils: [String] = [],
        user: User? = nil,
        ports: [Int] = []
    ) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.logPath = logPath
        self.restart = restart
        self.dependencies = dependencies
        self.group = group
        self.stopSignal = stopSignal
        self.grace = grace
        self.cleanup = cleanup
        self.cleanupFrom = cleanupFrom
        self.umask = umask
        self.limits = limits
        self.memoryLimit = memoryLimit
        self.cpuLimit = cpuLimit
        self.logLimit = logLimit
        self.mounts = mounts
        self.veils = veils
        self.user = user
        self.ports = ports
    }

    /// The name of the container that it is the client of; nil for a process of the host, which has no cleanup.
    package var container: String? { cleanup.last }

    /// Whether the cleanup has something to do after an end.
    package func needsCleanup(after exit: ProcessStatus.Exit) -> Bool {
        guard !cleanup.isEmpty else { return false }
        return if case .code(let code) = exit { code >= cleanupFrom } else { true }
    }

    fileprivate var problem: String? {
        guard let program = arguments.first, program.utf8.first == UInt8(ascii: "/") else {
            return "names no absolute program"
        }
        let isWordValid = { (word: String) in !word.utf8.contains(0) }
        guard (arguments + cleanup).allSatisfy(isWordValid) else { return "has a NUL in an argument" }
        guard (arguments + cleanup).allSatisfy({ $0.utf8.count <= Self.longestWord }) else {
            return "has an argument of more than \(Self.longestWord) bytes, which the kernel refuses"
        }
        for (key, value) in environment {
            guard !key.isEmpty, !key.utf8.contains(UInt8(ascii: "=")), isWordValid(key), isWordValid(value) else {
                return "has an environment variable that no process can receive: '\(key)'"
            }
            guard key.utf8.count + 1 + value.utf8.count <= Self.longestWord else {
                let name = key.prefix(80)
                return "has a variable '\(name)' of more than \(Self.longestWord) bytes, which the kernel refuses"
            }
        }
        return nil
    }

    /// The kernel's MAX_ARG_STRLEN, without the NUL at the end.
    private static let longestWord = 131_071
}
