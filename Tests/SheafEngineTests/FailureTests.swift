import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// What people learn of a failure, and what is tried again.
@Suite struct FailureTests {
    private typealias Build = BundleBuilder

    @Test func theReportSaysWhatWasUndoneWhereTheLogIsAndWhatIsLive() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        fixture.executor.answer("b@2", ResourceState(status: "error", progress: .failed, evidence: "exit code 3"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a", text: "2"), Build.worker("b", text: "2")])
        }
        #expect(
            error?.message
                == "revision 2 of 'shop' failed: worker:b:public: exit code 3; revision 1 is live as before"
        )
        #expect(
            error?.details == [
                "the log of worker:b:public is kept in failed/b: sheaf logs worker:b:public --failed",
                "undone: worker:a:public, worker:b:public",
            ]
        )
    }

    @Test func everythingIsKeptWhereThatWasAskedFor() async throws {
        let fixture = try EngineFixture()
        fixture.executor.answer("a", ResourceState(status: "error", progress: .failed, evidence: "exit code 3"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a")], options: OperationOptions(keepsFailed: true))
        }
        #expect(error?.details.first?.contains("failed/a/all") == true)
        #expect(error?.message.contains("nothing of it is left") == true)
    }

    @Test func oneResourceThatIsLateEndsTheApplyBeforeEverythingIs() async throws {
        let fixture = try EngineFixture()
        fixture.executor.answer(
            "slow",
            ResourceState(status: "pending", progress: .pending, evidence: "port 80 refused")
        )
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply(
                [Build.worker("slow")],
                options: OperationOptions(resourceTimeout: .milliseconds(30))
            )
        }
        #expect(error?.message.contains("after 30ms worker:slow:public is not ready: port 80 refused") == true)
        #expect(error?.hint == "give it more time with --resource-timeout")
    }

    @Test func onlyWhatMayPassByItselfIsTriedAgain() async throws {
        let passing = FlakyExecutor(failures: 1, isTransient: true)
        let scratch = try EngineFixture()
        let events = EngineFixture.EventLog()
        let engine = scratch.engine(with: passing, events: events)
        let target = try EngineFixture.target([Build.worker("a")])
        _ = try await engine.carryOut(target, options: OperationOptions())
        #expect(passing.attempts == 2)
        #expect(events.all.contains(.retrying(Build.worker("a").id, reason: "the registry does not answer")))

        let lasting = FlakyExecutor(failures: 1, isTransient: false)
        let other = try EngineFixture()
        await #expect(throws: EngineError.self) {
            try await other.engine(with: lasting, events: events).carryOut(target, options: OperationOptions())
        }
        #expect(lasting.attempts == 1)
    }
}

/// Fails the first times that something is performed, then goes on like the other.
private final class FlakyExecutor: WrappedExecutor {
    private struct Failure: SheafError {
        let isTransient: Bool
        var code: String { "executor.fake" }
        var message: String { "the registry does not answer" }
        var hint: String? { nil }
        var failureClass: FailureClass { .refused }
    }

    let base = FakeExecutor()
    private let failures: Int
    private let isTransient: Bool
    private let count = Mutex(0)

    init(failures: Int, isTransient: Bool) {
        self.failures = failures
        self.isTransient = isTransient
    }

    /// How often something was performed.
    var attempts: Int { count.withLock { $0 } }

    func perform(_ step: Step) async throws {
        let attempt = count.withLock { count in
            count += 1
            return count
        }
        if attempt <= failures { throw Failure(isTransient: isTransient) }
        try await base.perform(step)
    }
}
