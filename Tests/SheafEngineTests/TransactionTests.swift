import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

@Suite struct TransactionTests {
    private typealias Build = BundleBuilder

    @Test func aFirstApplyMakesRevisionOneLive() async throws {
        let fixture = try EngineFixture()
        let outcome = try await fixture.apply([Build.worker("a"), Build.worker("b")])
        guard case .changed(revision: 1, _, isTidy: true) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(fixture.executor.world.running == ["a@1", "b@1"])
        #expect(try fixture.store.liveRevision(of: "shop")?.number == 1)
        #expect(try fixture.store.openTransactions().isEmpty)
        #expect(try fixture.store.leaseOwner(of: "shop") == nil)
    }

    @Test func applyingTheSameAgainChangesNothing() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        let calls = fixture.executor.calls
        let outcome = try await fixture.apply([Build.worker("a")])
        guard case .unchanged(revision: 1) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(fixture.executor.calls == calls)
    }

    @Test func anUpgradeTouchesOnlyWhatChanges() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        try await fixture.apply([Build.worker("a"), Build.worker("b", text: "2")])
        #expect(fixture.executor.world.running == ["a@1", "b@2"])
        #expect(fixture.executor.world.prepared == ["a@1", "b@2"])
        #expect(try fixture.store.inventory(of: "shop").map(\.generation) == [1, 2])
    }

    @Test func whatDoesNotRunAnyMoreIsStartedAnew() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        fixture.executor.answer("b@1", ResourceState(status: "error", progress: .failed, evidence: "killed"))
        let outcome = try await fixture.apply([Build.worker("a"), Build.worker("b")])
        guard case .changed(revision: 2, let plan, _) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(plan.changes.map(\.action) == [.keep, .replace])
        #expect(fixture.executor.world.running == ["a@1", "b@2"])
    }

    @Test func dependenciesAreWaitedFor() async throws {
        let fixture = try EngineFixture()
        let first = Build.worker("a")
        try await fixture.apply([first, Build.worker("b", needs: [first.id])])
        let performs = fixture.executor.calls.compactMap { if case .perform(let name) = $0 { name } else { nil } }
        #expect(performs == ["a", "b"])
    }

    @Test func whatIsNotReadyYetIsWatched() async throws {
        let fixture = try EngineFixture(executor: FakeExecutor(unreadyLooks: 2))
        let first = Build.worker("a")
        try await fixture.apply([first, Build.worker("b", needs: [first.id])])
        #expect(fixture.executor.watched.contains(["a"]))
        #expect(fixture.executor.watched.contains(["b"]))
    }

    @Test func aFailureInPrepareLeavesNoTrace() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        let before = fixture.executor.world
        fixture.executor.fail(.prepare("c"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a", text: "2"), Build.worker("b"), Build.worker("c")])
        }
        #expect(error?.failureClass == .refused)
        #expect(fixture.executor.world == before)
        #expect(try fixture.store.revisions(of: "shop").count == 1)
        #expect(try fixture.store.openTransactions().isEmpty)
    }

    @Test(arguments: ["a", "b", "c", "d"])
    func aFailureWhileChangingRestoresThePreviousRevision(failing: String) async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b"), Build.worker("c")])
        let before = fixture.executor.world
        fixture.executor.fail(.perform(failing))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply(["a", "b", "c", "d"].map { Build.worker($0, text: "2") })
        }
        #expect(error?.failureClass == .restored)
        #expect(fixture.executor.world == before)
        let revisions = try fixture.store.revisions(of: "shop")
        #expect(revisions.map(\.state) == [.failed, .live])
        #expect(revisions[0].failure?.contains("worker:\(failing):public") == true)
        #expect(try fixture.store.inventory(of: "shop").map(\.generation) == [1, 1, 1])
    }

    @Test func aResourceThatDoesNotBecomeReadyFailsTheApply() async throws {
        let fixture = try EngineFixture()
        fixture.executor.answer(
            "b",
            ResourceState(status: "error", progress: .failed, evidence: "exit code 3; last log line: no such table")
        )
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a"), Build.worker("b")])
        }
        #expect(error?.message.contains("no such table") == true)
        #expect(fixture.executor.world == FakeExecutor.World())
    }

    @Test func aTimeoutNamesWhatIsNotReadyAndWhatWaits() async throws {
        let fixture = try EngineFixture()
        let slow = Build.worker("slow")
        fixture.executor.answer(
            "slow",
            ResourceState(status: "pending", progress: .pending, evidence: "port 80 refused")
        )
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply(
                [slow, Build.worker("next", needs: [slow.id])],
                options: OperationOptions(timeout: .milliseconds(30))
            )
        }
        #expect(error?.message.contains("port 80 refused") == true)
        #expect(error?.message.contains("worker:next:public still waits") == true)
        #expect(fixture.executor.world == FakeExecutor.World())
    }

    @Test func anUndoThatFailsIsReportedAndTriedAgainByRecovery() async throws {
        let fixture = try EngineFixture()
        fixture.executor.fail(.perform("b"))
        fixture.executor.fail(.revert("a"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a"), Build.worker("b")])
        }
        #expect(error?.failureClass == .stuck)
        #expect(try fixture.store.openTransactions().map(\.state) == [.stuck])
        await #expect(throws: EngineError.self) { try await fixture.engine.recover() }
        fixture.executor.mend()
        #expect(try await fixture.engine.recover().map(\.isLive) == [false])
        #expect(fixture.executor.world == FakeExecutor.World())
        #expect(try fixture.store.revisions(of: "shop").map(\.state) == [.failed])
    }

    @Test func deleteEndsEverythingInReverseOrder() async throws {
        let fixture = try EngineFixture()
        let first = Build.worker("a")
        try await fixture.apply([first, Build.worker("b", needs: [first.id])])
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(fixture.executor.world == FakeExecutor.World())
        let finished = fixture.executor.calls.compactMap { if case .finish(let name) = $0 { name } else { nil } }
        #expect(finished == ["b", "a"])
        #expect(try fixture.store.inventory(of: "shop").isEmpty)
        #expect(try fixture.store.revisions(of: "shop").map(\.operation) == [.delete, .apply])
    }

    @Test func aResourceHasOneOwner() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        let other = Build.bundle([Build.worker("a")], name: "other")
        let digest = Digest(of: [1])
        let error = await #expect(throws: StoreError.self) {
            try await fixture.engine.carryOut(
                .apply(other, archive: digest, resolved: digest, version: nil, provenance: nil),
                options: OperationOptions()
            )
        }
        #expect(error?.message.contains("belongs to the bundle 'shop'") == true)
        #expect(try fixture.store.revisions(of: "other").isEmpty)
    }

    @Test func aDeletedResourceBelongsToItsBundleUntilItIsRemoved() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        fixture.executor.fail(.finish("b"))
        let outcome = try await fixture.apply([Build.worker("a")])
        guard case .changed(_, _, isTidy: false) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        let other = Target.apply(
            Build.bundle([Build.worker("b")], name: "other"),
            archive: Digest(of: [1]),
            resolved: Digest(of: [1]),
            version: nil,
            provenance: nil
        )
        let refused = await #expect(throws: StoreError.self) {
            try await fixture.engine.carryOut(other, options: OperationOptions())
        }
        #expect(refused?.message.contains("belongs to the bundle 'shop'") == true)
        fixture.executor.mend()
        _ = try await fixture.engine.carryOut(other, options: OperationOptions())
        #expect(fixture.executor.world.running == ["a@1", "b@1"])
    }

    @Test func aBundleThatIsStuckDoesNotHoldUpOthers() async throws {
        let fixture = try EngineFixture(owner: .dead)
        fixture.executor.fail(.perform("b"))
        fixture.executor.fail(.revert("a"))
        await #expect(throws: EngineError.self) { try await fixture.apply([Build.worker("a"), Build.worker("b")]) }
        let digest = Digest(of: [1])
        let other = Target.apply(
            Build.bundle([Build.worker("c")], name: "other"),
            archive: digest,
            resolved: digest,
            version: nil,
            provenance: nil
        )
        _ = try await fixture.engine.carryOut(other, options: OperationOptions())
        #expect(try fixture.store.liveRevision(of: "other")?.number == 1)
        #expect(fixture.events.all.contains { if case .recoveryFailed("shop", _) = $0 { true } else { false } })
    }

    @Test func aSecretThatIsStillUsedCannotLeave() async throws {
        let fixture = try EngineFixture()
        let secret = Build.secret("s", value: "x"), user = Build.worker("w", uses: [secret.id])
        try await fixture.apply([secret, user])
        let error = await #expect(throws: EngineError.self) { try await fixture.apply([user]) }
        #expect(error?.message == "worker:w:public uses secret:s:public, which is no longer in the bundle")
        #expect(try fixture.store.inventory(of: "shop").count == 2)
    }

    @Test func servicesThatExchangeTheirPortsAreRefused() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.service("a", port: 1), Build.service("b", port: 2)])
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.service("a", port: 2), Build.service("b", port: 1)])
        }
        #expect(error?.message.contains("wait for each other") == true)
        try await fixture.apply([Build.service("a", port: 2), Build.service("b", port: 3)])
        #expect(fixture.executor.world.running == ["a@2", "b@2"])
    }

    @Test func anUndoStartsNoServiceWhileAnotherStillHasItsPort() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.service("a", port: 1), Build.service("b", port: 2), Build.worker("c")])
        let before = fixture.executor.world.running
        fixture.executor.fail(.perform("c"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply([
                Build.service("a", port: 2), Build.service("b", port: 3),
                Build.worker("c", text: "2", needs: [Build.service("a", port: 2).id]),
            ])
        }
        #expect(fixture.executor.world.running == before)
        #expect(fixture.executor.world.wrongs.isEmpty)
        #expect(fixture.executor.calls.suffix(3) == [.revert("c"), .revert("a"), .revert("b")])
    }

    @Test func whatNeedsJobsThatARollbackHasNotRunIsStartedAgain() async throws {
        let fixture = try EngineFixture()
        func version(_ text: String) -> [ResolvedResource] {
            let job = Build.resource(.workflow, "job", section: ["text": .string(text)])
            var worker = Build.worker("a", text: text)
            worker.dependencies = [Dependency(resource: job.id, runtime: StateTest(is: ["succeeded"]))]
            return [job, worker]
        }
        try await fixture.apply(version("1"))
        try await fixture.apply(version("2"), options: OperationOptions(runsJobs: false))
        fixture.executor.answer("a@2", ResourceState(status: "error", progress: .failed, evidence: "killed"))
        try await fixture.apply(version("2"), options: OperationOptions(timeout: .seconds(60)))
        #expect(fixture.executor.world.running == ["a@3"])
    }

    @Test func aPreparationThatHangsIsGivenUp() async throws {
        let executor = FakeExecutor(faults: [.init(call: .prepare("b"), kind: .hang(.seconds(3_600)))])
        let fixture = try EngineFixture(executor: executor)
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply(
                [Build.worker("a"), Build.worker("b")],
                options: OperationOptions(timeout: .milliseconds(30))
            )
        }
        #expect(error?.failureClass == .refused)
        #expect(error?.message == "worker:b:public: it is not prepared after 30ms; nothing was changed")
        #expect(executor.world == FakeExecutor.World())
        #expect(try fixture.store.revisions(of: "shop").isEmpty)
    }

    @Test func aServiceCannotWaitForThePortOfOneThatWaitsForIt() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.service("a", port: 1), Build.service("b", port: 3)])
        let taker = Build.service("b", port: 1)
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([taker, Build.service("a", port: 2, needs: [taker.id])])
        }
        #expect(error?.message.contains("wait for each other") == true)
        #expect(fixture.executor.world.running == ["a@1", "b@1"])
    }

    @Test func anUnknownWorkspaceIsRefusedBeforeAnythingChanges() async throws {
        let fixture = try EngineFixture()
        var resource = Build.worker("a")
        resource.id = ResourceID(kind: .worker, workspace: "nowhere", name: "a")
        await #expect(throws: EngineError.self) { try await fixture.apply([resource]) }
        #expect(fixture.executor.calls.isEmpty)
    }

    @Test func workspacesLiveAndDieWithTheBundleThatMadeThem() async throws {
        let fixture = try EngineFixture()
        var bundle = Build.bundle([Build.worker("a")])
        bundle.workspaces = [.init(name: "shopspace"), .init(name: "public")]
        let digest = Digest(of: [1])
        _ = try await fixture.engine.carryOut(
            .apply(bundle, archive: digest, resolved: digest, version: nil, provenance: nil),
            options: OperationOptions()
        )
        #expect(try fixture.store.workspaces().contains("shopspace"))
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try fixture.store.workspaces() == ["public", "sandbox", "system"])
    }

    @Test func aLivingOwnerOfTheLeaseIsRespected() async throws {
        let fixture = try EngineFixture()
        var other = LeaseOwner.living
        other.host = "another-machine"
        try fixture.store.takeLease(of: "shop", as: other)
        let error = await #expect(throws: StoreError.self) { try await fixture.apply([Build.worker("a")]) }
        #expect(error?.failureClass == .busy)
        #expect(error?.message.contains("another-machine") == true)
    }

    @Test func aDeadOwnerOfTheLeaseIsNot() async throws {
        let fixture = try EngineFixture()
        try fixture.store.takeLease(of: "shop", as: .dead)
        try await fixture.apply([Build.worker("a")])
        #expect(fixture.executor.world.running == ["a@1"])
    }

    @Test func cancellationUndoesWhatWasBegun() async throws {
        let fixture = try EngineFixture()
        fixture.executor.answer("slow", ResourceState(status: "pending", progress: .pending))
        let task = Task { try await fixture.apply([Build.worker("a"), Build.worker("slow")]) }
        try await eventually("both workers are performed") { fixture.executor.world.running.count == 2 }
        task.cancel()
        let error = await #expect(throws: EngineError.self) { try await task.value }
        #expect(error?.failureClass == .interrupted)
        #expect(fixture.executor.world == FakeExecutor.World())
        #expect(try fixture.store.revisions(of: "shop").map(\.state) == [.failed])
    }

    @Test func whatRanAndCannotBeUndoneIsNamed() async throws {
        let fixture = try EngineFixture()
        let load = Build.workflow("load"), safe = Build.workflow("safe", isTrial: true)
        fixture.executor.fail(.perform("web"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([load, safe, Build.worker("web", needs: [load.id, safe.id])])
        }
        let words = "these ran and cannot be undone: workflow:load:public"
        #expect(error?.failureClass == .restored)
        #expect(error?.message.hasSuffix("nothing of it is left; \(words)") == true)
        #expect(try fixture.store.revisions(of: "shop").first?.failure?.hasSuffix(words) == true)
        let undone = fixture.events.all.compactMap { if case .reverted(let id) = $0 { id.name } else { nil } }
        #expect(undone == ["web", "safe"])
        #expect(fixture.events.all.contains(.notUndone(load.id, reason: "its jobs may write somewhere")))
    }

    @Test func whatHadNotBegunIsNotNamed() async throws {
        let fixture = try EngineFixture()
        let web = Build.worker("web")
        fixture.executor.fail(.perform("web"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply([web, Build.workflow("load", needs: [web.id])])
        }
        #expect(error?.message.contains("cannot be undone") == false)
    }
}
