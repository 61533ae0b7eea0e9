import Foundation
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Synchronization
import Testing

@testable import SheafExecutor

/// What is said of a container whose engine, or whose health check, does not end; a script stands for the engine.
@Suite struct HealthSilenceTests {
    private let scratch: ScratchDirectory
    private var notes: String { scratch.path("calls") }

    init() throws { scratch = try ScratchDirectory("health") }

    /// A container that runs, and an engine that notes each call and then goes on as a script says.
    ///
    /// The first time for an answer is up once the check was asked for, the second once the engine was, if that hangs; that
    /// of the check once the engine has answered.
    private func check(_ silence: EngineSilence, _ script: String, isHung: Bool = false) throws -> HealthCheck {
        let program = scratch.path("podman")
        try Data("#!/bin/sh\necho \"$*\" >> \(notes)\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let files = IncarnationFiles(folder: scratch.path("web/1"))
        let plan = LaunchPlan(processes: [
            ProcessPlan(
                name: IncarnationFiles.mainProcess,
                arguments: [program, "run", "--label", "sheaf.health=image", "app"],
                logPath: scratch.path("log"),
                cleanup: [program, "rm", "web"]
            )
        ])
        let status = SupervisorStatus(
            phase: .running,
            supervisorPid: 0,
            supervisorStartTime: 0,
            processes: [ProcessStatus(name: IncarnationFiles.mainProcess, state: .running, startedAt: 1)]
        )
        for folder in [files.secret, files.run] { try FileTree.makeFolder(folder) }
        try DurableFile.write(plan.encoded(), to: files.supervision.launch)
        try DurableFile.write(status.encoded(), to: files.supervision.status)
        let id = ResourceID(kind: .worker, workspace: "shop", name: "web")
        let host = HostEnvironment(variables: ["PATH": "\(scratch.path):/usr/bin:/bin"])
        var check = try #require(HealthCheck(of: Incarnation(resource: id, files: files), nil, on: host, silence))
        let signs = Signs(["healthcheck", isHung ? "ps --quiet" : "never"])
        check.wait = { [notes] duration in
            let isCheck = duration == HealthCheck.checkTime
            let sign = isCheck ? "answered" : signs.next()
            try await eventually("the engine has noted '\(sign)'") { TextFile.read(notes)?.contains(sign) == true }
        }
        return check
    }

    @Test func anEngineThatHangsDoesNotAnswerForAnyContainer() async throws {
        let silence = EngineSilence(pause: .seconds(100_000))
        let first = try check(silence, "sleep 100000", isHung: true)
        #expect(await first.shortfall == "podman does not answer")
        #expect(silence.isKnown)
        let calls = TextFile.read(notes)
        // Another container, of which nothing is known yet.
        try FileTree.remove(scratch.path("web"))
        #expect(try await check(silence, "exit 0").shortfall == "podman does not answer")
        #expect(TextFile.read(notes) == calls)
    }

    @Test func aCheckThatHangsIsNotTheEngine() async throws {
        let silence = EngineSilence()
        let script = "case \"$*\" in *ps*) echo answered >> \(notes); exit 0;; esac; sleep 100000"
        #expect(try await check(silence, script).shortfall == "its health check does not end")
        #expect(!silence.isKnown)
    }

    @Test func whatAnswersIsBelieved() async throws {
        let silence = EngineSilence()
        #expect(try await check(silence, "exit 0").shortfall == nil)
        try FileTree.remove(scratch.path("web"))
        let words = "its health check says that it is not well: no database"
        #expect(try await check(silence, "echo no database; exit 1").shortfall == words)
    }
}

/// What is waited for, one after the other.
private final class Signs: Sendable {
    private let left: Mutex<[String]>

    init(_ signs: [String]) { left = Mutex(signs) }

    func next() -> String { left.withLock { $0.isEmpty ? "never" : $0.removeFirst() } }
}
