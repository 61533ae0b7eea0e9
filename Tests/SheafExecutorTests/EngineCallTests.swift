import Foundation
import SheafSystem
import SheafTestSupport
import Synchronization
import Testing

@testable import SheafExecutor

/// An engine that does not answer holds nobody up; a script stands for it.
@Suite struct EngineCallTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory("engine") }

    private func engine(_ script: String) throws -> ContainerEngine {
        let program = scratch.path("podman")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let host = HostEnvironment(variables: ["PATH": "\(scratch.path):/usr/bin:/bin"])
        return try #require(ContainerEngine(on: host))
    }

    @Test func whatAnswersIsHeard() async throws {
        let call = EngineCall(engine: try engine("echo here; echo why >&2; exit 3"))
        let answer = try #require(await call.ask(["ps"], within: .seconds(600)))
        #expect(answer.output == "here\n" && answer.problem == "why\n" && !answer.isSuccess)
    }

    @Test func whatHangsIsGivenUpWithAllThatItHasStarted() async throws {
        let note = scratch.path("child")
        // The child holds the output of the program open.
        let call = EngineCall(engine: try engine("sleep 100000 & echo $! > \(note).new; mv \(note).new \(note); wait"))
        let answer = await call.ask(["ps"]) {
            // Where it never comes so far the test fails below.
            _ = try? await eventually { TextFile.read(note) != nil }
        }
        #expect(answer == nil)
        let child = try #require(TextFile.read(note).flatMap { Int32($0.dropLast()) })
        #expect(try await eventually { ProcessIdentity(of: child) == nil })
    }

    @Test func whatCannotBeStartedHasNotAnswered() async throws {
        let engine = try engine("true")
        try FileManager.default.removeItem(atPath: engine.program)
        #expect(await EngineCall(engine: engine).ask(["ps"], within: .seconds(600)) == nil)
    }

    @Test func whoWasAskedInVainIsNotAskedForEachContainer() async throws {
        let silence = EngineSilence(pause: .seconds(100_000)), calls = Mutex(0)
        func ask(_ answer: EngineCall.Answer?) async -> EngineCall.Answer? {
            await silence.ask {
                calls.withLock { $0 += 1 }
                return answer
            }
        }
        let good = EngineCall.Answer(isSuccess: true, output: "", problem: "")
        for answer in [good, good, nil, good] { _ = await ask(answer) }
        #expect(calls.withLock { $0 } == 3)
        let engine = try engine("touch \(scratch.path("asked"))")
        #expect(await ContainerList(engine, home: ExecutorHome(scratch.path), silence) == nil)
        #expect(!FileTree.exists(scratch.path("asked")))
    }

    @Test func afterAPauseItIsAskedAgain() async {
        let silence = EngineSilence(pause: .zero), good = EngineCall.Answer(isSuccess: true, output: "", problem: "")
        #expect(await silence.ask { nil } == nil)
        #expect(await silence.ask { good } != nil)
    }
}
