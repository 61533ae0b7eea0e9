import SheafSupervision
import Testing

@Suite struct SupervisionCodecTests {
    /// Texts that break careless line formats.
    private static let texts = [
        "", " ", "a", "a b", "\n", "\r\n", "\\", "\\n", "a\\\nb", "=", "é\u{301}", "🥖", "\t", "two\nlines\n", "  x  ",
    ]

    private static func text(_ random: inout SystemRandomNumberGenerator) -> String {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in texts.randomElement(using: &random) ?? "" }.joined()
    }

    private static func plan(_ random: inout SystemRandomNumberGenerator) -> LaunchPlan {
        let processes = (0..<Int.random(in: 1...4, using: &random)).map { index in
            ProcessPlan(
                name: "p\(index)\(text(&random))",
                arguments: ["/bin/x"] + (0..<3).map { _ in text(&random) },
                environment: ["A": text(&random), "B C": text(&random)],
                workingDirectory: text(&random),
                logPath: text(&random),
                restart: [
                    .never, .always, .onFailure(count: 3, pause: 10, maxDuration: nil),
                    .onFailure(count: 0, pause: 0, maxDuration: 99, causes: [.error, .transient]),
                ].randomElement(using: &random) ?? .never,
                stopSignal: Int32.random(in: 1...31, using: &random),
                grace: .random(in: 0...100_000, using: &random),
                cleanup: [text(&random)],
                umask: .random(in: 0...0o777, using: &random),
                limits: [.init(resource: 7, soft: 1, hard: .max)],
                memoryLimit: Bool.random(using: &random) ? 64 << 20 : nil,
                cpuLimit: Bool.random(using: &random) ? 500 : nil,
                logLimit: Bool.random(using: &random) ? 1 : nil,
                mounts: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    ProcessPlan.Mount(
                        source: text(&random),
                        target: text(&random),
                        isReadOnly: .random(using: &random),
                        isOptional: .random(using: &random)
                    )
                },
                veils: [text(&random)],
                user: Bool.random(using: &random) ? .init(id: 7, group: .max, groups: [1, 2]) : nil,
                ports: Bool.random(using: &random) ? [24_001, 24_002] : []
            )
        }
        var plan = LaunchPlan(processes: processes, parallelism: Bool.random(using: &random) ? 3 : nil)
        for index in plan.processes.indices.dropFirst() where Bool.random(using: &random) {
            plan.processes[index].dependencies = [plan.processes[index - 1].name]
        }
        plan.groups = [
            GroupPlan(name: "out", restart: .onFailure(count: 2, pause: 5, maxDuration: 7, causes: .failure)),
            GroupPlan(name: "out-in", parent: "out", restart: .onFailure(count: 1, pause: 0, maxDuration: nil)),
        ]
        if Bool.random(using: &random) {
            plan.scaling = ScalingPlan(
                least: 1,
                first: processes.count,
                cpuAim: Bool.random(using: &random) ? 80 : nil,
                memoryAim: Bool.random(using: &random) ? 1 << 20 : nil,
                routing: Bool.random(using: &random) ? "/a b/ c" : nil
            )
        }
        for index in plan.processes.indices {
            plan.processes[index].group = ["out", "out-in", nil].randomElement(using: &random) ?? nil
        }
        return plan
    }

    @Test func readsEveryPlanThatItWrites() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let plan = Self.plan(&random)
            let bytes = plan.encoded()
            let read = try LaunchPlan(decoding: String(decoding: bytes, as: UTF8.self))
            #expect(read == plan)
            #expect(read.encoded() == bytes)
        }
    }

    @Test func readsEveryStatusThatItWrites() throws {
        var random = SystemRandomNumberGenerator()
        for phase in SupervisorStatus.Phase.allCases {
            let processes = ProcessStatus.State.allCases.map { state in
                ProcessStatus(
                    name: "p\(Self.text(&random))",
                    state: state,
                    pid: Bool.random() ? 7 : nil,
                    startTime: nil,
                    exit: [.code(3), .signal(9), .notStarted(Self.text(&random)), nil].randomElement() ?? nil,
                    attempts: .random(in: 0...9),
                    hasSettled: .random(),
                    startedAt: 1,
                    finishedAt: nil,
                    nextStartAt: Bool.random() ? 9 : nil,
                    earlyEnds: .random(in: 0...9),
                    outOfMemory: Bool.random() ? 64 << 20 : nil
                )
            }.map { process in
                var process = process
                process.startTime = process.pid.map { _ in 99 }
                return process
            }
            let status = SupervisorStatus(
                phase: phase,
                supervisorPid: 5,
                supervisorStartTime: .max,
                bootID: Bool.random() ? "b-1" : nil,
                limits: Bool.random() ? Self.text(&random) : nil,
                scaling: Bool.random() ? Self.text(&random) : nil,
                groups: [Self.text(&random)],
                lastChange: .random(in: 0...9),
                processes: processes
            )
            #expect(try SupervisorStatus(decoding: String(decoding: status.encoded(), as: UTF8.self)) == status)
        }
    }

    @Test func whatAllProcessesHaveInTheirEnvironmentStandsOnce() throws {
        let names = ["a", "b", "c"]
        let plan = LaunchPlan(
            processes: names.map { name in
                ProcessPlan(name: name, arguments: ["/x"], environment: ["SHARED": "1", "NAME": name], logPath: "/l")
            }
        )
        let text = String(decoding: plan.encoded(), as: UTF8.self)
        #expect(text.split(separator: "\n").count { $0.contains("SHARED") } == 1)
        #expect(text.split(separator: "\n").count { $0.contains("NAME") } == 3)
        #expect(try LaunchPlan(decoding: text) == plan)
    }

    // MARK: Changes

    private static let before = SupervisorStatus(
        phase: .starting,
        supervisorPid: 5,
        supervisorStartTime: 6,
        lastChange: 1,
        processes: [ProcessStatus(name: "a"), ProcessStatus(name: "b\nc")]
    )

    private static let changes: [StatusChange] = [
        .process(ProcessStatus(name: "a", state: .failed)), .phase(.running),
        .process(ProcessStatus(name: "b\nc", state: .running, pid: 7, startTime: 8, attempts: 1)),
        .process(ProcessStatus(name: "b\nc", state: .succeeded, exit: .code(0), attempts: 1)),
    ]

    private static var changesText: String {
        let entries = changes.enumerated().flatMap { $1.encoded(number: $0 + 1) }
        return String(decoding: StatusChange.encodedHeader + entries, as: UTF8.self)
    }

    @Test func changesCountThatAreLaterThanTheStatus() throws {
        let text = String(decoding: Self.before.encoded(), as: UTF8.self)
        let status = try SupervisorStatus(decoding: text, changes: Self.changesText)
        #expect(status.phase == .running)
        #expect(status.lastChange == 4)
        #expect(status.processes.map(\.state) == [.waiting, .succeeded], "the first change is in the status already")
        #expect(try SupervisorStatus(decoding: text, changes: nil) == Self.before)
        #expect(try SupervisorStatus(decoding: text, changes: "something else\n") == Self.before)
    }

    /// Whatever is left of the file after a power cut: what is whole counts, and nothing else.
    @Test func changesAreReadAsFarAsTheyAreWhole() throws {
        let text = String(decoding: Self.before.encoded(), as: UTF8.self)
        let whole = try SupervisorStatus(decoding: text, changes: Self.changesText)
        let bytes = Array(Self.changesText.utf8)
        var last = 1
        for count in bytes.indices {
            for end in ["", "\0\0\0", "\\q x\n", "\nend 99\n"] {
                let torn = String(decoding: bytes[..<count], as: UTF8.self) + end
                let status = try SupervisorStatus(decoding: text, changes: torn)
                if end.isEmpty {
                    #expect(status.lastChange >= last)
                    last = status.lastChange
                }
                #expect(status.lastChange <= 4 || end.hasSuffix("99\n"))
                #expect(status.lastChange != 4 || status == whole)
            }
        }
        #expect(last == 3)
    }

    @Test func needsAreReleasedOneByOne() {
        let plan = [("d", ["b", "c", "b"]), ("b", ["a"]), ("c", ["a"]), ("a", [])].map { name, needs in
            ProcessPlan(name: name, arguments: ["/x"], logPath: "", dependencies: needs)
        }
        var needs = ProcessNeeds(plan)
        #expect(needs.roots == [3])
        #expect(needs.release(3) == [1, 2])
        #expect(needs.release(2) == [])
        #expect(needs.firstWaiting == 0)
        #expect(needs.release(1) == [0])
        #expect(needs.firstWaiting == nil)
    }

    @Test(arguments: [
        "", "sheaf-launch 2\n", "sheaf-launch 1\nargument /bin/x\n",
        "sheaf-launch 1\nprocess a\nargument /x\nrestart maybe\n",
        "sheaf-launch 1\nprocess a\nargument /x\nenvironment A\n", "sheaf-launch 1\nprocess a\nargument \\q\n",
        "sheaf-launch 1\nprocess a\nargument relative\n", "sheaf-launch 1\nprocess a\nargument /x\nneeds b\n",
        "sheaf-launch 1\nprocess a\nargument /x\nneeds a\n",
        "sheaf-launch 1\nprocess a\nargument /x\nprocess a\nargument /x\n",
        "sheaf-launch 1\nprocess a\nargument /x\nargument a\\0b\n",
        "sheaf-launch 1\nparallelism 0\nprocess a\nargument /x\n",
        "sheaf-launch 1\nenvironment A\nprocess a\nargument /x\n",
        "sheaf-launch 1\nprocess a\nargument /x\nneeds b\nprocess b\nargument /x\nneeds a\n",
    ])
    func refusesPlansThatCannotRun(_ text: String) {
        #expect(throws: FormatError.self) { try LaunchPlan(decoding: text) }
    }

    @Test func pausesGrowWithEachEarlyEndAndStayBounded() {
        let pauses = (1...12).map { ends in
            RestartPolicy.always.decision(isSuccess: true, attempts: ends, earlyEnds: ends, elapsed: 0)
        }
        #expect(pauses.first == .restart(after: RestartPolicy.firstPause))
        #expect(pauses[1] == .restart(after: RestartPolicy.firstPause * 2))
        #expect(pauses.last == .restart(after: RestartPolicy.longestPause))
    }

    @Test func retriesEndByCountAndByTime() {
        let policy = RestartPolicy.onFailure(count: 2, pause: 100, maxDuration: 1000)
        #expect(policy.decision(isSuccess: false, attempts: 2, earlyEnds: 2, elapsed: 0) == .restart(after: 100))
        #expect(policy.decision(isSuccess: false, attempts: 3, earlyEnds: 3, elapsed: 0) == .failed)
        #expect(policy.decision(isSuccess: false, attempts: 1, earlyEnds: 1, elapsed: 950) == .failed)
        #expect(policy.decision(isSuccess: true, attempts: 3, earlyEnds: 3, elapsed: 5000) == .succeeded)
    }
}
