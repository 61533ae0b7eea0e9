import Foundation
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Bundles that come and go by their own schedule.
@Suite struct BundleScheduleTests {
    private typealias Site = ScheduleFixture
    private let fixture: ScheduleFixture
    private var site: EngineFixture { fixture.site }
    private let shop = ResourceID.bundle("shop")

    init() throws { fixture = try ScheduleFixture() }

    private func isUp() throws -> Bool { try site.store.liveResource(Site.web) != nil }

    private func apply(initialState: String = "create", text: String = "1") async throws -> Outcome {
        try await fixture.apply(Site.bundle([BundleBuilder.worker("web", text: text)], initialState: initialState))
    }

    @Test func aBundleGoesAndComesAtItsTimes() async throws {
        _ = try await apply()
        fixture.wait(hour: 20)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try !isUp() && site.executor.world.running == [])
        #expect(try site.store.schedules().map(\.subject) == [shop])
        fixture.wait(untilDay: 2, hour: 6)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try isUp() && site.executor.world.running == ["web@3"])
        let history = try site.store.revisions(of: "shop")
        #expect(history.map(\.operation) == [.rollback, .delete, .apply])
        #expect(history.first?.restores == 1)
        #expect(history.first?.message == "schedule: create due 1970-01-02T06:00:00Z")
        let fired = try site.store.firings(of: shop).filter { $0.state == .fired }
        #expect(fired.map(\.revision) == [3, 2])
        fixture.wait(untilDay: 2, hour: 20)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try !isUp())
    }

    @Test func theSameStateOnceMoreIsNothingToDo() async throws {
        _ = try await apply()
        fixture.wait(hour: 6)
        #expect(try await fixture.look() == [FiringOutcome(.fired, "live already, revision 1")])
        #expect(try site.store.revisions(of: "shop").count == 1)
    }

    @Test func ofWhatNobodyDidTheLastCountsHoweverLongAgo() async throws {
        _ = try await apply()
        fixture.wait(untilDay: 3, hour: 23)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try !isUp())
        #expect(Set(try fixture.record(of: shop)) == ["fired", "3 missed", "2 missed"])
    }

    @Test func anApplyIsNewerThanWhatWasDueBefore() async throws {
        _ = try await apply()
        fixture.wait(hour: 21)
        _ = try await apply(text: "2")
        #expect(try await fixture.look() == [])
        #expect(try isUp())
    }

    // MARK: The beginning

    @Test func aBundleThatBeginsDeletedIsOnlyRecorded() async throws {
        _ = try await apply(initialState: "delete")
        #expect(try !isUp() && site.executor.world.prepared == [])
        #expect(try site.store.liveRevision(of: "shop")?.number == 1)
        #expect(site.events.all.contains(.recordedOnly(bundle: "shop", revision: 1)))
        #expect(try await apply(initialState: "delete") == .unchanged(revision: 1))
        fixture.wait(hour: 6)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try isUp())
        // Once it is there, an apply changes it as any other.
        _ = try await apply(initialState: "delete", text: "2")
        #expect(site.executor.world.running == ["web@3"])
    }

    @Test func aPlanOfABundleThatBeginsDeletedIsEmpty() async throws {
        let bundle = Site.bundle([BundleBuilder.worker("web")], initialState: "delete")
        let digest = Digest(of: try CanonicalJSON.encode(bundle))
        let target = Target.apply(bundle, archive: digest, resolved: digest, version: nil, provenance: nil)
        #expect(try await site.engine.plan(target).isEmpty)
        #expect(try await Engine.firstPlan(target, executor: site.executor).isEmpty)
    }

    @Test func aRollbackBringsUpWhatWasOnlyRecorded() async throws {
        _ = try await apply(initialState: "delete")
        let first = try #require(try site.store.revision(1, of: "shop"))
        _ = try await site.engine.carryOut(.restore(first, from: site.content), options: OperationOptions())
        #expect(try isUp())
    }

    // MARK: The end

    @Test(arguments: [true, false]) func whatSomebodyDeletesDoesNotComeBack(isUp: Bool) async throws {
        _ = try await apply()
        fixture.wait(hour: 20)
        if !isUp { try await fixture.look() }
        _ = try await site.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try site.store.schedules() == [])
        let again = try await site.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(again == .unchanged(revision: isUp ? 2 : 3))
        fixture.wait(untilDay: 2, hour: 6)
        #expect(try await fixture.look() == [])
    }

    @Test func aBundleWithoutAScheduleLosesIt() async throws {
        _ = try await apply()
        try await fixture.apply(Site.bundle([BundleBuilder.worker("web")], isScheduled: false))
        #expect(try site.store.schedules() == [])
    }

    // MARK: Failures and deaths

    @Test func whatCannotBeBroughtUpIsUndoneAndRecorded() async throws {
        _ = try await apply(initialState: "delete")
        site.executor.fail(.perform("web"))
        fixture.wait(hour: 6)
        let outcome = try #require(try await fixture.look().first)
        #expect(outcome.state == .failed)
        #expect(try !isUp() && site.executor.world.running == [])
        #expect(try fixture.record(of: shop) == ["failed"])
        site.executor.mend()
        fixture.wait(untilDay: 2, hour: 6)
        try await fixture.look()
        #expect(try isUp())
    }

    @Test func whatAKilledProcessHadBegunIsDoneByTheNext() async throws {
        _ = try await apply()
        fixture.wait(hour: 20)
        let firing = try #require(
            try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness).first
        )
        try site.store.takeLease(of: "shop", as: .dead)
        var target = Target.delete("shop")
        target.firing = firing.id
        _ = try site.store.begin(
            Revision(
                bundle: "shop",
                number: 2,
                operation: .delete,
                state: .pending,
                author: "schedule",
                startedAt: site.clock.now
            ),
            steps: [],
            kept: [],
            workspaces: [],
            firing: firing.id
        )
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try !isUp())
        #expect(try site.store.schedules().map(\.subject) == [shop])
        let firings = try site.store.firings(of: shop)
        #expect(firings.filter { $0.state == .fired }.map(\.revision) == [2])
    }

    @Test func aCommitThatOnlyRecoveryFinishesIsAFiringToo() async throws {
        _ = try await apply()
        fixture.wait(hour: 20)
        let firing = try #require(
            try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness).first
        )
        try site.store.takeLease(of: "shop", as: .dead)
        let step = Step(
            change: Change(action: .delete, resource: Site.web),
            before: try site.store.liveResource(Site.web),
            after: nil,
            order: 0
        )
        let begun = try site.store.begin(
            Revision(
                bundle: "shop",
                number: 2,
                operation: .delete,
                state: .pending,
                author: "schedule",
                startedAt: site.clock.now
            ),
            steps: [step],
            kept: [],
            workspaces: [],
            firing: firing.id
        )
        try site.store.commit(begun, at: site.clock.now)
        #expect(try site.store.openFirings() == [])
        #expect(try await fixture.look() == [])
        #expect(try site.store.schedules().map(\.subject) == [shop])
        try await site.engine.recover()
        #expect(site.executor.world.running == [])
    }
}
