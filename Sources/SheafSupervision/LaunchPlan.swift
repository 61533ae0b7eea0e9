/// All that a supervisor needs to know of one incarnation: its processes and what they wait for.
package struct LaunchPlan: Hashable, Sendable {
    /// In the order in which they are started where their dependencies leave a choice.
    package var processes: [ProcessPlan]

    package init(processes: [ProcessPlan]) { self.processes = processes }

    /// What makes the plan impossible to run; nil when nothing does.
    package var problem: String? {
        guard !processes.isEmpty else { return "there is no process to run" }
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
        return cycleProblem
    }

    private var cycleProblem: String? {
        var placed: Set<String> = []
        var left = processes
        while !left.isEmpty {
            let free = left.filter { $0.dependencies.allSatisfy(placed.contains) }
            guard !free.isEmpty else { return "process '\(left[0].name)' waits for itself" }
            placed.formUnion(free.map(\.name))
            left.removeAll { placed.contains($0.name) }
        }
        return nil
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

    package init(
        name: String,
        arguments: [String],
        environment: [String: String] = [:],
        workingDirectory: String = "/",
        logPath: String,
        restart: RestartPolicy = .never,
        dependencies: [String] = [],
        stopSignal: Int32 = 15,
        grace: Milliseconds = 10_000,
        cleanup: [String] = [],
        cleanupFrom: Int32 = 0,
        umask: UInt32 = 0o022,
        limits: [Limit] = []
    ) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.logPath = logPath
        self.restart = restart
        self.dependencies = dependencies
        self.stopSignal = stopSignal
        self.grace = grace
        self.cleanup = cleanup
        self.cleanupFrom = cleanupFrom
        self.umask = umask
        self.limits = limits
    }

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
