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
                    .onFailure(count: 0, pause: 0, maxDuration: 99),
                ].randomElement(using: &random) ?? .never,
                stopSignal: Int32.random(in: 1...31, using: &random),
                grace: .random(in: 0...100_000, using: &random),
                cleanup: [text(&random)],
                umask: .random(in: 0...0o777, using: &random),
                limits: [.init(resource: 7, soft: 1, hard: .max)],
                mounts: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    ProcessPlan.Mount(
                        source: text(&random),
                        target: text(&random),
                        isReadOnly: .random(using: &random),
                        isOptional: .random(using: &random)
                    )
                },
                veils: [text(&random)],
                user: Bool.random(using: &random) ? .init(id: 7, group: .max, groups: [1, 2]) : nil
            )
        }
        var plan = LaunchPlan(processes: processes)
        for index in plan.processes.indices.dropFirst() where Bool.random(using: &random) {
            plan.processes[index].dependencies = [plan.processes[index - 1].name]
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
                    finishedAt: nil
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
                processes: processes
            )
            #expect(try SupervisorStatus(decoding: String(decoding: status.encoded(), as: UTF8.self)) == status)
        }
    }

    @Test(arguments: [
        "", "sheaf-launch 2\n", "sheaf-launch 1\nargument /bin/x\n",
        "sheaf-launch 1\nprocess a\nargument /x\nrestart maybe\n",
        "sheaf-launch 1\nprocess a\nargument /x\nenvironment A\n", "sheaf-launch 1\nprocess a\nargument \\q\n",
        "sheaf-launch 1\nprocess a\nargument relative\n", "sheaf-launch 1\nprocess a\nargument /x\nneeds b\n",
        "sheaf-launch 1\nprocess a\nargument /x\nneeds a\n",
        "sheaf-launch 1\nprocess a\nargument /x\nprocess a\nargument /x\n",
        "sheaf-launch 1\nprocess a\nargument /x\nargument a\\0b\n",
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
