import FoundationEssentials
import GRDB
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What must hold once an operation has ended or its crash was recovered from, whatever happened in between.
struct Invariants {
    let trial: Trial
    /// Says in a failure what was done.
    let comment: Comment

    /// What is live of the trial's bundle.
    enum Live: Sendable { case old, new }

    /// Recovers from a crash and checks everything, twice, and that work can go on.
    ///
    /// - Parameters:
    ///   - remains: What the crash has left.
    ///   - allowed: What may be live then.
    /// - Throws: When something cannot be checked at all.
    func checkRecovery(of remains: Remains, allowed: [Live] = [.old, .new]) async throws {
        let scratch = try ScratchDirectory("remains")
        try remains.restore(to: scratch.path)
        let executor = FakeExecutor(world: remains.world)
        let fixture = try EngineFixture(home: scratch.path, executor: executor)
        _ = try await fixture.engine.recover()
        let live = try check(fixture)
        #expect(allowed.contains(live), "\(comment): the \(live) one is live")
        try await checkRest(fixture)
        try await checkUnchanged(fixture, live)
    }

    /// As `checkRecovery(of:allowed:)`, after a power cut: no process has outlived it.
    func checkPowerCut(of remains: Remains) async throws {
        let scratch = try ScratchDirectory("remains")
        try remains.restore(to: scratch.path)
        let executor = FakeExecutor(world: remains.world.afterPowerCut)
        let fixture = try EngineFixture(home: scratch.path, executor: executor)
        _ = try await fixture.engine.recover()
        let live = try check(fixture, afterPowerCut: true)
        try await checkRest(fixture)
        guard let bundle = live == .old ? trial.old : trial.new else { return }
        // What people do then: apply again, which starts what does not run any more.
        _ = try await fixture.engine.carryOut(try Trial.target(bundle), options: OperationOptions())
        try checkWorld(fixture, try fixture.store.inventory(of: Trial.bundle))
    }

    /// Checks what an operation has left that was not interrupted.
    ///
    /// - Returns: What is live.
    @discardableResult
    func check(_ fixture: EngineFixture, afterPowerCut: Bool = false) throws -> Live {
        let store = fixture.store
        #expect(try store.openTransactions().isEmpty, comment)
        // Who was killed while no transaction was open cannot have returned the lease; being dead, it holds up nobody.
        #expect(try store.leaseOwner(of: Trial.bundle)?.isDead != false, comment)
        let number = try checkHistory(store)
        #expect(try store.verifyHistory().problems == [], comment)
        let live: Live = number == trial.oldRevision ? .old : .new
        let bundle = live == .old ? trial.old : trial.new
        let inventory = try store.inventory(of: Trial.bundle)
        #expect(inventory.map(\.resource) == bundle?.resources ?? [], comment)
        #expect(inventory.allSatisfy { (1...max(1, number)).contains($0.generation) }, comment)
        #expect(
            try store.workspaces() == Set(["public", "sandbox", "system"] + (bundle?.workspaces ?? []).map(\.name)),
            comment
        )
        try checkWorld(fixture, inventory, afterPowerCut: afterPowerCut)
        let volumes = fixture.executor.world.volumes
        #expect(volumes == expectedVolumes(live), comment)
        try checkTables(fixture.store)
        return live
    }

    /// - Returns: The number of the live revision; 0 when there is none.
    private func checkHistory(_ store: Store) throws -> Int {
        let revisions = try store.revisions(of: Trial.bundle)
        let live = revisions.filter { $0.state == .live }
        #expect(
            revisions.map(\.number) == Array((1...max(1, revisions.count)).reversed().prefix(revisions.count)),
            comment
        )
        #expect(revisions.count <= trial.newRevision, comment)
        #expect(live.count == 1 || (live.isEmpty && trial.oldRevision == 0), comment)
        for revision in revisions where revision.state != .live {
            let isOld = revision.number <= trial.oldRevision
            #expect(revision.state == (isOld ? .superseded : .failed), "\(comment): \(revision.number)")
        }
        for revision in revisions { #expect(revision.finishedAt != nil, "\(comment): \(revision.number)") }
        let number = live.first?.number ?? 0
        #expect([trial.oldRevision, trial.newRevision].contains(number), comment)
        return number
    }

    /// Every folder and every process belongs to what is live, and what is live is there.
    private func checkWorld(
        _ fixture: EngineFixture,
        _ inventory: [ResourceInstance],
        afterPowerCut: Bool = false
    ) throws {
        let world = fixture.executor.world
        let made = inventory.filter { [.service, .worker, .workflow].contains($0.resource.id.kind) }
        #expect(world.wrongs.isEmpty, comment)
        #expect(Set(world.incarnations.keys) == Set(made.map(FakeWorld.Name.init)), comment)
        var ports: Set<Int> = []
        for instance in made {
            guard let incarnation = world.incarnations[FakeWorld.Name(instance)] else { continue }
            let name = "\(comment): \(FakeWorld.Name(instance))"
            #expect(world.isMade(instance), "\(name)")
            if !afterPowerCut, instance.resource.id.kind != .workflow { #expect(incarnation.isRunning, "\(name)") }
            if let port = incarnation.definition.hostPort, incarnation.isRunning {
                #expect(ports.insert(port).inserted, "\(name)")
            }
        }
    }

    private func expectedVolumes(_ live: Live) -> Set<ResourceID> {
        let before = trial.beginning.world.volumes
        guard live == .new else { return before }
        let wanted = Set((trial.new?.resources ?? []).map(\.id).filter { $0.kind == .volume })
        // Without an order to delete it, data stays.
        let owned = Set((trial.old?.resources ?? []).map(\.id))
        return wanted.union(trial.deletesData ? before.subtracting(owned) : before)
    }

    /// What only an open transaction needs is gone, and the bundle owns what it has live and nothing else.
    private func checkTables(_ store: Store) throws {
        try DatabaseQueue(path: store.path).read { database in
            for table in ["journal_step", "kept"] {
                #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") == 0, "\(comment): \(table)")
            }
            let owned = try String.fetchAll(database, sql: "SELECT resource FROM ownership ORDER BY resource")
            let live = try String.fetchAll(database, sql: "SELECT resource FROM inventory ORDER BY resource")
            #expect(owned == live, comment)
        }
    }

    /// A second recovery finds nothing to do.
    private func checkRest(_ fixture: EngineFixture) async throws {
        let world = fixture.executor.world, calls = fixture.executor.calls.count
        let rows = try Self.rows(fixture.store)
        #expect(try await fixture.engine.recover().isEmpty, comment)
        #expect(fixture.executor.world == world && fixture.executor.calls.count == calls, comment)
        #expect(try Self.rows(fixture.store) == rows, comment)
    }

    /// Applying what is live plans nothing and does nothing.
    private func checkUnchanged(_ fixture: EngineFixture, _ live: Live) async throws {
        guard let bundle = live == .old ? trial.old : trial.new else { return }
        let target = try Trial.target(bundle)
        #expect(try await fixture.engine.plan(target).isEmpty, comment)
        let outcome = try await fixture.engine.carryOut(target, options: OperationOptions())
        guard case .unchanged = outcome else {
            Issue.record("\(comment): \(outcome)")
            return
        }
    }

    /// Every row of every table, as text.
    private static func rows(_ store: Store) throws -> [String] {
        try DatabaseQueue(path: store.path).read { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "\(table): \($0)" }
            }
        }
    }
}
