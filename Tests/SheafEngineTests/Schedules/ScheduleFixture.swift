import Foundation
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem
import SheafTestSupport
import Testing

/// A site whose clock stands at 1970-01-01 00:16:40 UTC, with what its schedules need.
struct ScheduleFixture {
    let site: EngineFixture

    init() throws { site = try EngineFixture() }

    static let report = ResourceID(kind: .workflow, workspace: nil, name: "report")
    static let web = ResourceID(kind: .worker, workspace: nil, name: "web")

    /// A workflow that runs at six o'clock, in UTC.
    static func workflow(_ more: [String: String] = [:], cron: String = "0 6 * * *") -> ResolvedResource {
        var schedule: [String: JSONValue] = ["cron": .string(cron)]
        for (key, value) in more { schedule[key] = .string(value) }
        return BundleBuilder.workflow("report").setting(["workflow", "schedule"], to: .object(schedule))
    }

    /// A bundle that comes at six o'clock and goes at eight in the evening.
    static func bundle(
        _ resources: [ResolvedResource],
        initialState: String = "create",
        isScheduled: Bool = true
    ) -> ResolvedBundle {
        var bundle = BundleBuilder.bundle(resources)
        guard isScheduled else { return bundle }
        func moments(_ cron: String) -> JSONValue { .array([.object(["cron": .string(cron)])]) }
        let schedule: [String: JSONValue] = [
            "initialState": .string(initialState), "create": moments("0 6 * * *"), "delete": moments("0 20 * * *"),
        ]
        bundle.manifest = .object([
            "name": .string(bundle.name), "bundle": .object(["schedule": .object(schedule)]),
        ])
        return bundle
    }

    @discardableResult
    func apply(_ bundle: ResolvedBundle) async throws -> Outcome {
        let bytes = Array(try CanonicalJSON.encode(bundle))
        let digest = Digest(of: bytes)
        return try await site.engine.carryOut(
            .apply(bundle, archive: digest, resolved: digest, version: "1.0.0", provenance: nil),
            options: OperationOptions(),
            keeping: { [content = site.content] in
                _ = content.keep(bytes)
                return nil
            }
        )
    }

    /// Applies a bundle with such a workflow and nothing else.
    func applyWorkflow(_ more: [String: String] = [:], cron: String = "0 6 * * *") async throws {
        try await apply(BundleBuilder.bundle([Self.workflow(more, cron: cron)]))
    }

    /// Moves the clock on to a time of the first days of 1970.
    func wait(untilDay day: Double = 1, hour: Double, minute: Double = 0) {
        let seconds = (day - 1) * 86_400 + hour * 3600 + minute * 60
        site.clock.advance(bySeconds: seconds - site.clock.now.timeIntervalSince1970)
    }

    /// Does what is due now, as `sheaf schedule run --once` does.
    @discardableResult
    func look(lateness: Duration = FiringRule.lateness) async throws -> [FiringOutcome] {
        var outcomes: [FiringOutcome] = []
        for firing in try site.engine.dueFirings(at: site.clock.now, lateness: lateness) {
            outcomes.append(try await carryOut(firing, lateness: lateness))
        }
        return outcomes
    }

    func carryOut(_ firing: Firing, lateness: Duration = FiringRule.lateness) async throws -> FiringOutcome {
        try await site.engine.carryOut(firing, at: site.clock.now, lateness: lateness) { _ in nil }
    }

    /// The live workflow.
    func instance() throws -> ResourceInstance {
        let live = try site.store.liveResource(Self.report)
        return try #require(live)
    }

    /// How often the workflow was run.
    func runs() throws -> Int {
        site.executor.world.lastRun(of: try instance()).flatMap { Int($0.identity) } ?? 0
    }

    func completeRun() throws { site.executor.completeRun(of: try instance()) }

    /// What is on record of the workflow, newest first, such as `fired` or `3 missed`.
    func record(of subject: ResourceID = report) throws -> [String] {
        try site.store.firings(of: subject).map { $0.count > 1 ? "\($0.count) \($0.state)" : "\($0.state)" }
    }
}
