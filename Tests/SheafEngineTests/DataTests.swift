import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Copies of the data of volumes: when they are taken, put back and removed.
@Suite struct DataTests {
    private typealias Build = BundleBuilder

    private let fixture: EngineFixture
    private var executor: FakeExecutor { fixture.executor }

    init() throws { fixture = try EngineFixture() }

    private func resources(_ moment: SnapshotRule.Moment?, text: String) -> [ResolvedResource] {
        [Build.volume("data", moment), Build.mounting("data", "writer", text: text), Build.worker("other", text: text)]
    }

    /// Applies two versions; between them the volume gets its data.
    private func applyTwice(_ moment: SnapshotRule.Moment?) async throws {
        try await fixture.apply(resources(moment, text: "1"))
        executor.write("one", to: "data")
        try await fixture.apply(resources(moment, text: "2"))
        executor.write("two", to: "data")
    }

    private var taken: [Int] {
        get throws { try fixture.store.snapshots(of: "shop").map(\.id.revision) }
    }

    /// Rolls back to a revision with what it had, which the test knows.
    private func rollBack(
        to number: Int,
        _ resources: [ResolvedResource],
        withData: Bool = true
    ) async throws -> Outcome {
        let target = Target.rollback(to: number, resources, withData: withData)
        return try await fixture.engine.carryOut(target, options: OperationOptions(runsJobs: false))
    }

    // MARK: Taking

    @Test func whatAChangedWorkloadWritesToIsCopiedBeforeAnythingElseHappens() async throws {
        try await applyTwice(.beforeChange)
        #expect(executor.world.copies == ["data before 2": "one"])
        #expect(try taken == [2])
        let copied = try #require(executor.calls.firstIndex(of: .takeSnapshot("data")))
        let performed = try #require(executor.calls.lastIndex(of: .perform("writer")))
        #expect(copied < performed)
        let snapshot = try #require(try fixture.store.snapshots(of: "shop").first)
        #expect(snapshot.content == SnapshotContent(method: .copy, bytes: 3, files: 1))
        #expect(fixture.events.all.contains(.snapshotTaken(snapshot)))
    }

    @Test(arguments: [SnapshotRule.Moment.never, nil])
    func withoutBeingAskedNothingIsCopied(moment: SnapshotRule.Moment?) async throws {
        try await applyTwice(moment)
        #expect(executor.world.copies.isEmpty)
        #expect(try fixture.store.snapshotRecords(of: "shop").map(\.id.revision) == [1, 2])
    }

    @Test func whatIsOnlyReadIsNotCopied() async throws {
        for text in ["1", "2"] {
            let reader = Build.mounting("data", "reader", text: text, readOnly: true)
            try await fixture.apply([Build.volume("data", .beforeChange), reader])
            executor.write("one", to: "data")
        }
        #expect(executor.world.copies.isEmpty)
    }

    @Test func beforeJobsMeansOnlyJobs() async throws {
        let volume = Build.volume("data", .beforeJobs)
        try await fixture.apply([volume, Build.mounting("data", "writer")])
        executor.write("one", to: "data")
        try await fixture.apply([volume, Build.mounting("data", "writer", text: "2")])
        #expect(executor.world.copies.isEmpty)
        let job = Build.mounting("data", "load", kind: .workflow)
        try await fixture.apply([volume, Build.mounting("data", "writer", text: "2"), job])
        #expect(executor.world.copies == ["data before 3": "one"])
    }

    @Test func alwaysMeansEveryChangeOfTheBundle() async throws {
        try await fixture.apply([Build.volume("data", .always), Build.worker("other")])
        executor.write("one", to: "data")
        try await fixture.apply([Build.volume("data", .always), Build.worker("other", text: "2")])
        #expect(executor.world.copies == ["data before 2": "one"])
    }

    @Test func aCopyThatCannotBeTakenRefusesTheChange() async throws {
        try await fixture.apply(resources(.beforeChange, text: "1"))
        executor.write("one", to: "data")
        let world = executor.world
        executor.fail(.takeSnapshot("data"))
        let error = await #expect(throws: EngineError.self) {
            try await fixture.apply(resources(.beforeChange, text: "2"))
        }
        #expect(error?.failureClass == .refused)
        #expect(error?.hint == "try something else")
        #expect(executor.world == world)
        #expect(try fixture.store.revisions(of: "shop").map(\.number) == [1])
        #expect(try fixture.store.snapshots().isEmpty)
    }

    @Test func aRefusalAfterTheCopyRemovesItAgain() async throws {
        let volumes = [Build.volume("data", .always), Build.volume("second", .always)]
        try await fixture.apply(volumes + [Build.worker("other")])
        executor.write("one", to: "data")
        executor.write("two", to: "second")
        let world = executor.world
        executor.fail(.takeSnapshot("second"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply(volumes + [Build.worker("other", text: "2")])
        }
        #expect(executor.world == world)
        #expect(try fixture.store.snapshots().isEmpty)
    }

    @Test func aFailedChangeKeepsTheCopyAndSaysSo() async throws {
        try await fixture.apply(resources(.beforeChange, text: "1"))
        executor.write("one", to: "data")
        executor.fail(.perform("other"))
        await #expect(throws: EngineError.self) { try await fixture.apply(resources(.beforeChange, text: "2")) }
        #expect(try taken == [2])
        let id = ResourceID(kind: .volume, workspace: nil, name: "data")
        #expect(fixture.events.all.contains(.dataKept(bundle: "shop", revision: 2, live: 1, volumes: [id])))
        executor.mend()
        executor.write("spoilt", to: "data")
        _ = try await rollBack(to: 1, resources(.beforeChange, text: "1"))
        #expect(executor.world.data == ["data": "one"])
        #expect(executor.world.copies["data before 3"] == "spoilt")
    }

    // MARK: Putting back

    @Test func aRollbackPutsTheDataBackAndSetsThePresentAside() async throws {
        try await applyTwice(.beforeChange)
        _ = try await rollBack(to: 1, resources(.beforeChange, text: "1"))
        #expect(executor.world.data == ["data": "one"])
        #expect(executor.world.copies == ["data before 2": "one", "data before 3": "two"])
        #expect(executor.world.running.contains("writer@3"))
        let set = try #require(try fixture.store.snapshots(of: "shop").last)
        #expect(set.id.revision == 3 && set.content.method == .moved)
        // And forward again.
        _ = try await rollBack(to: 2, resources(.beforeChange, text: "2"))
        #expect(executor.world.data == ["data": "two"])
        #expect(try taken == [2, 3, 4])
    }

    @Test func withoutAskingARollbackLeavesTheData() async throws {
        try await applyTwice(.beforeChange)
        _ = try await rollBack(to: 1, resources(.beforeChange, text: "1"), withData: false)
        #expect(executor.world.data == ["data": "two"])
        #expect(executor.world.copies["data before 3"] == "two")
    }

    @Test func whatMountsAVolumeIsStoppedAlthoughItStaysTheSame() async throws {
        let volume = Build.volume("data", .beforeChange)
        let reader = Build.mounting("data", "reader", readOnly: true)
        for text in ["1", "2"] {
            try await fixture.apply([volume, reader, Build.mounting("data", "writer", text: text)])
            executor.write(text, to: "data")
        }
        _ = try await rollBack(to: 1, [volume, reader, Build.mounting("data", "writer", text: "1")])
        #expect(executor.world.running == ["reader@3", "writer@3"])
        #expect(executor.world.wrongs.isEmpty)
        let restored = try #require(executor.calls.lastIndex(of: .perform("data")))
        for name in ["reader", "writer"] {
            let started = try #require(executor.calls.lastIndex(of: .perform(name)))
            #expect(restored < started)
        }
    }

    @Test func aFailedRollbackGivesThePresentDataBackBeforeAnythingRuns() async throws {
        try await applyTwice(.beforeChange)
        let world = executor.world
        executor.fail(.perform("other"))
        await #expect(throws: EngineError.self) { _ = try await rollBack(to: 1, resources(.beforeChange, text: "1")) }
        #expect(executor.world.isLike(world))
        #expect(try taken == [2])
        let reverted = try #require(executor.calls.lastIndex(of: .revert("data")))
        let started = try #require(executor.calls.lastIndex(of: .revert("writer")))
        #expect(reverted < started)
    }

    @Test func nothingRunsOnDataThatCouldNotBeGivenBack() async throws {
        try await applyTwice(.beforeChange)
        executor.fail(.perform("other"))
        executor.fail(.revert("data"))
        let error = await #expect(throws: EngineError.self) {
            _ = try await rollBack(to: 1, resources(.beforeChange, text: "1"))
        }
        #expect(error?.failureClass == .stuck)
        #expect(!executor.world.running.contains("writer@2"))
        executor.mend()
        try await fixture.engine.recover()
        #expect(executor.world.running.contains("writer@2"))
        #expect(executor.world.data == ["data": "two"])
    }

    @Test func whereNoCopyWasTakenARollbackWithDataIsRefused() async throws {
        try await applyTwice(nil)
        // A copy that was taken later is not the data of revision 1.
        try await fixture.apply(resources(.beforeChange, text: "3"))
        let error = await #expect(throws: EngineError.self) {
            _ = try await rollBack(to: 1, resources(nil, text: "1"))
        }
        #expect(error?.code == "engine.no-snapshot")
        #expect(error?.message.contains("volume:data:public") == true)
        #expect(error?.message.contains("before revision 3") == true)
        #expect(try fixture.store.liveRevision(of: "shop")?.number == 3)
        _ = try await rollBack(to: 2, resources(nil, text: "2"))
        #expect(executor.world.data == ["data": "two"])
    }

    @Test func dataThatAnotherBundleUsesIsNotExchanged() async throws {
        try await applyTwice(.beforeChange)
        let other = Build.bundle([Build.mounting("data", "foreign")], name: "other")
        _ = try await fixture.engine.carryOut(
            .apply(other, archive: Digest(of: [9]), resolved: Digest(of: [9]), version: nil, provenance: nil),
            options: OperationOptions()
        )
        executor.answer("foreign", ResourceState(status: "active", progress: .ready, pids: [1]))
        let error = await #expect(throws: EngineError.self) {
            _ = try await rollBack(to: 1, resources(.beforeChange, text: "1"))
        }
        #expect(error?.code == "engine.data-in-use")
        #expect(error?.message.contains("of 'other'") == true)
    }

    @Test func aRunOfJobsIsWaitedForByThePerson() async throws {
        let job = Build.mounting("data", "load", kind: .workflow)
        for text in ["1", "2"] {
            try await fixture.apply(resources(.beforeChange, text: text) + [job])
            executor.write(text, to: "data")
        }
        executor.answer("load", ResourceState(status: "active", runtime: "running", progress: .pending, pids: [1]))
        let error = await #expect(throws: EngineError.self) {
            _ = try await rollBack(to: 1, resources(.beforeChange, text: "1") + [job])
        }
        #expect(error?.code == "engine.data-in-use")
    }

    @Test func thePlanSaysWhatIsPutBackAndWhoIsStoppedForIt() async throws {
        try await applyTwice(.beforeChange)
        let reader = Build.mounting("data", "reader", readOnly: true)
        try await fixture.apply(resources(.beforeChange, text: "3") + [reader])
        let target = Target.rollback(to: 2, resources(.beforeChange, text: "2") + [reader], withData: true)
        let plan = try await fixture.engine.plan(target, options: OperationOptions(runsJobs: false))
        let changes = Dictionary(plan.changes.map { ($0.resource.name, $0) }) { first, _ in first }
        #expect(changes["data"]?.action == .replace)
        #expect(changes["data"]?.reasons == ["its data becomes what it was before revision 3"])
        #expect(changes["data"]?.undo == .compensated(how: "its present data is put back"))
        for name in ["reader", "writer"] {
            #expect(changes[name]?.action == .replace)
            #expect(changes[name]?.reasons.last == "it is stopped while the data of volume:data:public is exchanged")
            #expect(changes[name]?.undo == .compensated(how: "the old one is started again"))
            #expect(changes[name]?.interruption == Interruption(.restarts, processes: 1))
        }
        #expect(changes["other"]?.undo == .reversible)
    }

    @Test func aVolumeThatIsGoneComesBackWithItsData() async throws {
        try await applyTwice(.beforeChange)
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        let target = Target.rollback(to: 2, resources(.beforeChange, text: "2"), withData: true)
        let plan = try await fixture.engine.plan(target, options: OperationOptions(runsJobs: false))
        #expect(plan.changes.first?.reasons == ["it is new", "its data becomes what it was before revision 3"])
        executor.write("later", to: "data")
        _ = try await rollBack(to: 2, resources(.beforeChange, text: "2"))
        #expect(executor.world.data == ["data": "two"])
        #expect(executor.world.copies["data before 4"] == "later")
    }

    @Test func whatIsUpdatedInPlaceWritesAsBefore() async throws {
        try await fixture.apply(resources(.beforeChange, text: "1"))
        executor.write("one", to: "data")
        let changed = resources(.beforeChange, text: "1").map { $0.id.kind == .volume ? $0 : $0.owned(by: "somebody") }
        try await fixture.apply(changed)
        #expect(executor.world.running == ["other@1", "writer@1"])
        #expect(executor.world.copies.isEmpty)
    }

    // MARK: Removing

    @Test func whatAHistoryForgetsIsGivenUp() async throws {
        for text in ["1", "2", "3", "4"] {
            try await fixture.apply(resources(.beforeChange, text: text))
            executor.write(text, to: "data")
        }
        #expect(try taken == [2, 3, 4])
        let would = try fixture.store.forgettableRevisions(keeping: 2)
        #expect(try fixture.engine.removableSnapshots(without: would).map(\.revision) == [2])
        #expect(try fixture.engine.removableSnapshots().isEmpty)
        _ = try fixture.store.forgetRevisions(keeping: 2, by: "tester")
        #expect(try taken == [3, 4])
        #expect(try fixture.store.snapshotRecords(of: "shop").map(\.id.revision) == [3, 4])
        try await fixture.engine.remove(fixture.engine.removableSnapshots())
        #expect(Set(executor.world.copies.keys) == ["data before 3", "data before 4"])
        // And with an apply that keeps so many.
        var options = OperationOptions()
        options.keptRevisions = 2
        try await fixture.apply(resources(.beforeChange, text: "5"), options: options)
        #expect(try taken == [4, 5])
        #expect(try fixture.engine.removableSnapshots().map(\.revision) == [3])
        #expect(try fixture.store.verifyHistory().problems == [])
    }

    @Test func whatWasGivenUpIsNotPutBackAndStaysWhileItsBundleIsChanged() async throws {
        try await applyTwice(.beforeChange)
        let rollback = Target.rollback(to: 1, resources(.beforeChange, text: "1"), withData: true)
        let error = await #expect(throws: StoreError.self) {
            _ = try await fixture.engine.carryOut(
                rollback,
                options: OperationOptions(),
                keeping: {
                    try fixture.store.forgetSnapshots(of: "shop")
                    return nil
                }
            )
        }
        #expect(error?.code == "store.snapshot-gone")
        #expect(executor.world.data == ["data": "two"])
        #expect(try fixture.engine.removableSnapshots().map(\.revision) == [2])
        executor.fail(.perform("other"))
        executor.fail(.revert("other"))
        await #expect(throws: EngineError.self) { try await fixture.apply(resources(.beforeChange, text: "3")) }
        #expect(try fixture.store.droppedSnapshots().map(\.revision) == [2])
        #expect(try fixture.engine.removableSnapshots().isEmpty)
    }

    @Test func aDeleteKeepsDataAndCopiesUnlessTheyMayGo() async throws {
        try await applyTwice(.beforeChange)
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try taken == [2, 3])
        _ = try await rollBack(to: 2, resources(.beforeChange, text: "2"))
        var options = OperationOptions()
        options.deletesData = true
        _ = try await fixture.engine.carryOut(.delete("shop"), options: options)
        #expect(executor.world.copies.isEmpty)
        #expect(try fixture.store.snapshotRecords(of: "shop").isEmpty)
    }

    @Test func forgottenCopiesAreRemovedLater() async throws {
        try await applyTwice(.beforeChange)
        try fixture.store.forgetSnapshots(of: "shop", revisions: [2])
        #expect(try taken == [])
        #expect(executor.world.copies.count == 1)
        try await fixture.engine.remove(fixture.engine.removableSnapshots())
        #expect(executor.world.copies.isEmpty)
        #expect(try fixture.store.droppedSnapshots().isEmpty)
    }
}

extension Target {
    /// A rollback to a revision with what it had, which the test knows.
    static func rollback(to number: Int, _ resources: [ResolvedResource], withData: Bool) -> Target {
        let digest = Digest(of: [UInt8(number)])
        var target = Target.apply(
            BundleBuilder.bundle(resources),
            archive: digest,
            resolved: digest,
            version: nil,
            provenance: nil
        )
        target.operation = .rollback
        target.restores = number
        target.restoresData = withData
        return target
    }
}
