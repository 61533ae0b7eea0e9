import Foundation
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What becomes of what is due is in the event log, each once.
@Suite struct FiringEventTests {
    private typealias Site = ScheduleFixture
    private let fixture: ScheduleFixture
    private var site: EngineFixture { fixture.site }

    init() throws { fixture = try ScheduleFixture() }

    private func events() throws -> [Event] {
        var query = EventQuery()
        query.kinds = [.firing]
        #expect(try site.store.verifyHistory().problems == [])
        return try site.store.events(query)
    }

    private func firings() throws -> [EventDetail.Firing] { try events().compactMap(\.detail.firing) }

    /// The events without those of the times before the first look.
    private func settled() throws -> [Event] { try events().filter { $0.detail.firing?.outcome != "missed" } }

    @Test func aRunThatIsBegunIsAnEvent() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        _ = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        #expect(try events() == [])
        try await fixture.look()
        let event = try #require(try events().first)
        #expect(event.bundle == "shop" && event.revision == nil && event.author == "schedule")
        #expect(
            event.detail.firing
                == EventDetail.Firing(
                    subject: Site.report.description,
                    action: "run",
                    due: "1970-01-01T06:00:00Z",
                    outcome: "fired"
                )
        )
        try await fixture.look()
        #expect(try events().count == 1)
    }

    @Test func theRunOfAProcessThatDiedIsNamed() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        let due = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        try site.store.recordStart(of: try #require(due.first), after: nil)
        try await site.executor.startRun(of: try fixture.instance())
        try await fixture.look()
        #expect(try firings().map(\.run) == ["1"])
    }

    @Test func waitingIsNoEventAndWhatComesOfItIs() async throws {
        try await fixture.applyWorkflow(["concurrencyPolicy": "Forbid"], cron: "0 * * * *")
        fixture.wait(hour: 1)
        try await fixture.look()
        fixture.wait(hour: 2)
        try await fixture.look()
        #expect(try firings().map(\.outcome) == ["fired", "skipped"])
        #expect(try firings().last?.reason == "the run before it was still in progress")
    }

    @Test func whatWasMissedIsOneEventEachTime() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(untilDay: 3, hour: 7)
        try await fixture.look()
        fixture.wait(untilDay: 4, hour: 7)
        try await fixture.look()
        #expect(try firings().map(\.count) == [3, 1])
        #expect(try firings().map(\.due) == ["1970-01-03T06:00:00Z", "1970-01-04T06:00:00Z"])
        #expect(try fixture.record() == ["4 missed"])
    }

    @Test func aFailureIsAnEventWithItsReason() async throws {
        try await fixture.applyWorkflow()
        site.executor.fail(.perform("report"))
        fixture.wait(hour: 6)
        try await fixture.look()
        let firing = try #require(try firings().first)
        #expect(firing.outcome == "failed" && firing.reason?.contains("fails") == true)
    }

    @Test func whatABundleDoesNamesItsRevision() async throws {
        try await fixture.apply(Site.bundle([BundleBuilder.worker("web")]))
        fixture.wait(hour: 20)
        try await fixture.look()
        let event = try #require(try settled().first)
        #expect(event.revision == 2 && event.detail.firing?.action == "delete")
        #expect(event.detail.firing?.subject == ResourceID.bundle("shop").description)
        // It follows the commit that it is part of.
        #expect(try site.store.events(EventQuery()).last { $0.kind == .committed }?.sequence == event.sequence - 1)
        fixture.wait(untilDay: 2, hour: 6)
        try await fixture.look()
        #expect(try settled().map(\.revision) == [2, 3])
    }

    @Test func whatIsNewerThanWhatWasDueSaysSo() async throws {
        try await fixture.apply(Site.bundle([BundleBuilder.worker("web")]))
        fixture.wait(hour: 20)
        _ = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        try await fixture.apply(Site.bundle([BundleBuilder.worker("web", text: "2")]))
        let event = try #require(try settled().first)
        #expect(event.revision == 2 && event.author == "tester")
        #expect(event.detail.firing?.outcome == "skipped")
        #expect(event.detail.firing?.reason == "revision 2 is newer")
    }

    @Test func whatIsDeletedGivesUpWhatWasDue() async throws {
        try await fixture.applyWorkflow()
        fixture.wait(hour: 6)
        _ = try site.engine.dueFirings(at: site.clock.now, lateness: FiringRule.lateness)
        _ = try await site.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try firings().map(\.reason) == ["its schedule is gone"])
    }
}
