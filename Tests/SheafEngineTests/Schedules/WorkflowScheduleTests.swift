import Foundation
import GRDB
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Runs by a schedule: each at its time, none twice, none forgotten.
@Suite struct WorkflowScheduleTests {
    private typealias Site = ScheduleFixture
    private let fixture: ScheduleFixture
    private var site: EngineFixture { fixture.site }

    init() throws { fixture = try ScheduleFixture() }

    @Test func aRunIsBegunWhenItIsDueAndOnlyThen() async throws {
        try await fixture.applyWorkflow()
        #expect(try await fixture.look() == [])
        fixture.wait(hour: 6)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try await fixture.look() == [])
        #expect(try fixture.runs() == 1)
        try fixture.completeRun()
        fixture.wait(untilDay: 2, hour: 5, minute: 59)
        #expect(try await fixture.look() == [])
        fixture.wait(untilDay: 2, hour: 6, minute: 1)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 2)
        #expect(site.executor.world.wrongs == [])
    }

    // MARK: Deaths

    @Test func whoeverDiesBeforeTheStartIsFollowed() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        let recorded = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        #expect(recorded.map(\.state) == [.begun])
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 1)
    }

    @Test func whoeverDiesAfterTheStartLeavesNoSecondRun() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        let firing = try #require(
            try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness).first
        )
        try site.store.recordStart(of: firing, after: nil)
        try await site.executor.startRun(of: try fixture.instance())
        // It may even have ended since.
        try fixture.completeRun()
        #expect(try await fixture.look() == [FiringOutcome(.fired, run: "1")])
        #expect(try fixture.runs() == 1)
        #expect(try fixture.record() == ["fired"])
    }

    @Test func whoeverDiesWhenTheLastRunIsGoneAndTheNextIsNotThereIsFollowed() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        let firing = try #require(
            try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness).first
        )
        try site.store.recordStart(of: firing, after: "a run that left no trace")
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 1)
    }

    @Test func whatWasBegunAndIsFoundTooLateIsMissed() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        _ = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        fixture.wait(hour: 7)
        #expect(try await fixture.look() == [FiringOutcome(.missed)])
        #expect(try fixture.runs() == 0)
        #expect(try fixture.record() == ["missed"])
    }

    @Test func aFailureIsRecordedAndNotRepeated() async throws {
        try await fixture.applyWorkflow()
        site.executor.fail(.perform("report"))
        fixture.wait(hour: 6)
        let outcome = try #require(try await fixture.look().first)
        #expect(outcome.state == .failed)
        #expect(outcome.detail?.contains("fails") == true)
        site.executor.mend()
        #expect(try await fixture.look() == [])
        #expect(try fixture.record() == ["failed"])
    }

    @Test func whatIsDueWhileSomebodyElseIsAtWorkWaits() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        var other = LeaseOwner.living
        other.host = "elsewhere"
        try site.store.takeLease(of: "shop", as: other)
        await #expect(throws: StoreError.self) { try await fixture.look() }
        #expect(try fixture.record() == ["begun"])
        try site.store.returnLease(of: "shop", from: other)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
    }

    // MARK: Policies

    private func secondRun(_ policy: String?) async throws -> [FiringOutcome] {
        try await fixture.applyWorkflow(policy.map { ["concurrencyPolicy": $0] } ?? [:], cron: "0 * * * *")
        fixture.wait(hour: 6)
        try await fixture.look()
        fixture.wait(hour: 7)
        return try await fixture.look()
    }

    @Test func forbidSkipsARunThatMeetsAnother() async throws {
        let outcomes = try await secondRun("Forbid")
        #expect(outcomes.map(\.state) == [.skipped])
        #expect(outcomes.first?.detail == "the run before it was still in progress")
        #expect(try fixture.runs() == 1)
    }

    @Test func replaceEndsTheOtherRunFirst() async throws {
        #expect(try await secondRun("Replace") == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 2)
        #expect(site.executor.calls.suffix(2) == [.finish("report"), .perform("report")])
    }

    @Test(arguments: [nil, "Allow"]) func allowedRunsOverlap(_ policy: String?) async throws {
        #expect(try await secondRun(policy) == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 2)
        #expect(try await fixture.look() == [])
        // Five were missed before the first look.
        #expect(try fixture.record() == ["fired", "fired", "5 missed"])
    }

    /// What is due while the run before it goes on.
    private func dueBesideARun() async throws -> Firing {
        try await fixture.applyWorkflow(cron: "0 * * * *")
        fixture.wait(hour: 6)
        try await fixture.look()
        fixture.wait(hour: 7)
        return try #require(
            try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness).first
        )
    }

    @Test func whoeverDiesAfterTheStartOfAnOverlappingRunLeavesNoThird() async throws {
        let firing = try await dueBesideARun()
        try site.store.recordStart(of: firing, after: "1")
        try await site.executor.startRun(of: try fixture.instance(), because: .schedule, overlapping: true)
        #expect(try await fixture.look() == [FiringOutcome(.fired, run: "2")])
        #expect(try fixture.runs() == 2)
    }

    @Test func whatWaitedForTheEndOfARunIsBegunBesideIt() async throws {
        let firing = try await dueBesideARun()
        // As an earlier version has left it.
        try site.store.record(.waiting, of: firing, because: "the run before it is still in progress", at: firing.due)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.runs() == 2)
    }

    // MARK: Missed ones

    @Test func ofWhatNobodyDidTheLastIsRunIfItIsNotLongAgo() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(untilDay: 4, hour: 6, minute: 9)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.record() == ["fired", "3 missed"])
    }

    @Test func whatIsLongAgoIsOnlyCounted() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(untilDay: 3, hour: 7)
        #expect(try await fixture.look() == [])
        fixture.wait(untilDay: 4, hour: 7)
        #expect(try await fixture.look() == [])
        #expect(try fixture.record() == ["4 missed"])
        #expect(try fixture.runs() == 0)
        fixture.wait(untilDay: 5, hour: 11)
        #expect(try await fixture.look(lateness: .seconds(6 * 3600)) == [FiringOutcome(.fired)])
    }

    @Test func aScheduleOfEveryMinuteIsCountedAfterALongTime() async throws {
        try await fixture.applyWorkflow(cron: "* * * * *")
        let before = Int(site.clock.now.timeIntervalSince1970) / 60
        fixture.wait(untilDay: 9, hour: 0)
        #expect(try await fixture.look() == [FiringOutcome(.fired)])
        #expect(try fixture.record() == ["fired", "\(8 * 1440 - before - 1) missed"])
    }

    // MARK: The end

    @Test func theEndOfAScheduleEndsItsRun() async throws {
        try await fixture.applyWorkflow(["endOn": "1970-01-02T06:30:00Z"])
        fixture.wait(untilDay: 2, hour: 6)
        try await fixture.look()
        #expect(site.executor.world.isAlive(try fixture.instance()))
        #expect(try site.engine.nextFiring(after: site.clock.now) == Date(timeIntervalSince1970: 30.5 * 3600))
        fixture.wait(untilDay: 2, hour: 6, minute: 30)
        let ended = try site.engine.endedSchedules(at: site.clock.now)
        #expect(ended.map(\.subject) == [Site.report])
        for schedule in ended { #expect(try await site.engine.end(schedule, at: site.clock.now)) }
        #expect(!site.executor.world.isAlive(try fixture.instance()))
        #expect(try site.engine.endedSchedules(at: site.clock.now) == [])
        #expect(try site.engine.nextFiring(after: site.clock.now) == nil)
        fixture.wait(untilDay: 3, hour: 6)
        #expect(try await fixture.look() == [])
        // What is run by hand afterwards is left alone.
        try await site.engine.startRun(of: Site.report, in: "shop")
        #expect(try site.engine.endedSchedules(at: site.clock.now) == [])
    }

    // MARK: Revisions

    @Test func aScheduleFollowsItsRevision() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        try await fixture.look()
        try fixture.completeRun()
        // What stays the same goes on where it was.
        fixture.wait(hour: 7)
        try await fixture.apply(BundleBuilder.bundle([Site.workflow(), BundleBuilder.worker("web")]))
        let kept = try #require(try site.store.schedule(of: Site.report))
        #expect(kept.settled == Date(timeIntervalSince1970: 6 * 3600) && kept.revision == 2)
        // Other times count from when they are said.
        try await fixture.applyWorkflow(cron: "0 5 * * *")
        #expect(try site.store.schedule(of: Site.report)?.settled == site.clock.now)
        try await fixture.apply(BundleBuilder.bundle([BundleBuilder.worker("web")]))
        #expect(try site.store.schedules() == [])
        #expect(try site.engine.nextFiring(after: site.clock.now) == nil)
        let first = try #require(try site.store.revision(1, of: "shop"))
        _ = try await site.engine.carryOut(.restore(first, from: site.content), options: OperationOptions())
        #expect(try site.store.schedules().map(\.settled) == [site.clock.now])
        #expect(try fixture.record() == ["fired"])
        _ = try await site.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try site.store.schedules() == [])
    }

    @Test func whatIsUndoneLeavesTheScheduleAsItWas() async throws {
        try await fixture.applyWorkflow()
        let before = try site.store.schedules()
        site.executor.fail(.perform("web"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply(
                BundleBuilder.bundle([Site.workflow(cron: "0 5 * * *"), BundleBuilder.worker("web")])
            )
        }
        #expect(try site.store.schedules() == before)
    }

    @Test func schedulesFromBeforeThereWereRecordsAreFound() async throws {
        try await fixture.applyWorkflow()
        let database = try DatabaseQueue(path: site.store.path)
        try await database.write { database in
            try database.execute(
                sql: """
                    DROP TABLE schedule; DROP TABLE firing; DROP TABLE revision_schedule;
                    DELETE FROM grdb_migrations WHERE identifier = '8';
                    """
            )
        }
        try database.close()
        let site = site
        let found = try Store.open(home: site.scratch.path, now: { site.clock.now }).schedules()
        #expect(found.map(\.subject) == [Site.report] && found.map(\.settled) == [site.clock.now])
    }

    @Test func anOpenFiringGoesWithItsSchedule() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        let firings = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        try await fixture.apply(BundleBuilder.bundle([BundleBuilder.worker("web")]))
        #expect(try fixture.record() == ["skipped"])
        for firing in firings {
            #expect(try await fixture.carryOut(firing) == FiringOutcome(.skipped, "its schedule is gone"))
        }
    }
}
