import SheafEngine
import SheafModel
import SheafTestSupport
import Testing

/// What a plan says of undo, interruption and those downstream.
@Suite struct ConsequencesTests {
    private typealias Build = BundleBuilder

    private func plan(
        _ live: [ResolvedResource],
        _ desired: [ResolvedResource]?,
        renewed: [ResourceID: String] = [:],
        idle: Set<ResourceID> = [],
        deletesData: Bool = false,
        properties: [String: JSONValue] = [:]
    ) -> Plan {
        var bundle = desired.map { Build.bundle($0) }
        bundle?.manifest = .object(["bundle": .object(["properties": .object(properties)])])
        return Planner.plan(
            bundle: "shop",
            fromRevision: 1,
            live: live.map { ResourceInstance(resource: $0, generation: 1) },
            desired: bundle,
            renewed: renewed,
            idle: idle,
            deletesData: deletesData
        )
    }

    private let noUndo = Undo.none(why: "its jobs may write somewhere")

    @Test func jobsThatRunCannotBeUndone() {
        #expect(plan([], [Build.workflow("load")]).changes[0].undo == noUndo)
        let again = plan([Build.workflow("load")], [Build.workflow("load", text: "2")])
        #expect(again.changes[0].undo == noUndo)
        #expect(again.irreversibleCount == 1)
        #expect(plan([], [Build.workflow("load", isTrial: true)]).irreversibleCount == 0)
        #expect(plan([], [Build.workflow("load", isScheduled: true)]).irreversibleCount == 0)
        #expect(plan([Build.workflow("load")], [Build.workflow("load").owned(by: "ann")]).irreversibleCount == 0)
        #expect(plan([Build.workflow("load")], nil).irreversibleCount == 0)
    }

    @Test func aBundleMayPromiseThatItsJobsNeedNoUndo() {
        let promise: [String: JSONValue] = ["sheaf.dev/undo": .object(["load": .string("reversible")])]
        let made = plan([], [Build.workflow("load"), Build.workflow("other")], properties: promise)
        #expect(made.changes.map(\.undo) == [.reversible, noUndo])
    }

    @Test func everythingElseIsTakenBack() {
        let made = plan(
            [Build.secret("s", value: "1"), Build.worker("w"), Build.volume("v"), Build.worker("gone")],
            [Build.secret("s", value: "2"), Build.worker("w", text: "2"), Build.volume("v"), Build.volume("new")]
        )
        #expect(made.changes.allSatisfy { $0.undo == .reversible })
    }

    @Test func dataThatIsDeletedStaysDeleted() {
        let kept = plan([Build.volume("v")], nil).changes[0]
        #expect(kept.undo == .reversible)
        #expect(kept.reasons == ["the bundle is deleted", "its data is kept"])
        let lost = plan([Build.volume("v"), Build.worker("w")], nil, deletesData: true)
        #expect(lost.changes.map(\.undo) == [.reversible, .none(why: "its data is deleted")])
    }

    @Test func aPortThatIsHandedOverIsGivenBack() {
        let made = plan([Build.service("web", port: 80)], [Build.service("web", port: 80, text: "2")])
        #expect(made.changes[0].undo == .compensated(how: "the old one is started again"))
        #expect(made.changes[0].interruption == Interruption(.handover, processes: 1))
        let taken = plan([Build.service("old", port: 80)], [Build.service("new", port: 80)])
        #expect(taken.changes.map(\.undo) == [.compensated(how: "the old one is started again"), .reversible])
        #expect(taken.changes.map(\.interruption) == [Interruption(.handover, processes: 1), .none])
    }

    @Test func interruptionsAreCounted() {
        let made = plan(
            [Build.worker("a"), Build.worker("b"), Build.worker("c"), Build.secret("s", value: "1")],
            [Build.worker("a", text: "2"), Build.worker("b", text: "2"), Build.secret("s", value: "2")],
            renewed: [Build.worker("b").id: "it is not running any more"],
            idle: [Build.worker("b").id]
        )
        #expect(
            made.changes.map(\.interruption.description) == [
                "restarts 1 process", "no interruption", "no interruption", "ends 1 process",
            ]
        )
        #expect(made.restartCount == 1)
    }

    @Test func affectedAreThoseDownstreamThatAreNotRenewed() {
        let data = Build.resource(.depot, "data"), database = Build.worker("database", uses: [data.id])
        let api = Build.worker("api", needs: [database.id]), web = Build.worker("web", needs: [api.id])
        let other = Build.worker("other")
        let all = [data, database, api, web, other]
        var next = all
        next[1] = Build.worker("database", text: "2", uses: [data.id])
        let made = plan(all, next)
        #expect(made.changes.map { $0.affects.map(\.name) } == [[], ["api", "web"], [], [], []])
        next[2] = Build.worker("api", text: "2", needs: [database.id])
        let deeper = plan(all, next)
        #expect(deeper.changes.map { $0.affects.map(\.name) } == [[], ["web"], ["web"], [], []])
        let source = plan(all, [data.owned(by: "ann")] + all.dropFirst())
        #expect(source.changes[0].affects.map(\.name) == ["database"])
        let owner = plan(all, [data, database.owned(by: "ann")] + all.dropFirst(2))
        #expect(owner.changes[1].affects.isEmpty)
    }

    @Test func whatNamesADeletedResourceIsAffected() {
        let depot = Build.resource(.depot, "data"), reader = Build.worker("reader", uses: [depot.id])
        let made = plan([depot, reader], [reader])
        #expect(made.changes.map(\.action) == [.keep, .delete])
        #expect(made.changes[1].affects == [reader.id])
    }

    @Test func namesAgainstTheOrderEndNowhereElse() {
        // Two that name each other, which the order does not forbid.
        let first = Build.resource(.depot, "a", uses: [ResourceID(kind: .depot, workspace: nil, name: "b")])
        let second = Build.resource(.depot, "b", uses: [first.id])
        let made = plan([first, second], [first, second.owned(by: "ann")])
        #expect(made.changes[1].affects == [first.id])
    }

    @Test func manyAffectedAreOnlyCounted() {
        let source = Build.resource(.depot, "data")
        let readers = (0..<130).map { Build.worker("w\($0)", uses: [source.id]) }
        let made = plan([source] + readers, [source.owned(by: "ann")] + readers)
        #expect(made.changes[0].affects.count == Change.mostAffected)
        #expect(made.changes[0].affects.first == readers.first?.id)
        #expect(made.changes[0].affectsMore == 130 - Change.mostAffected)
        let steps = made.steps(live: [], desired: nil, generation: 2, runsJobs: true, deletesData: false)
        #expect(steps[0].change.affects.isEmpty, "the journal does not need them")
    }

    @Test(arguments: [
        (JSONValue.string("reversible"), "is no mapping"), (.object(["lod": .string("reversible")]), "names 'lod'"),
        (.object(["load": .string("maybe")]), "what Sheaf does not know"),
    ])
    func aPromiseThatMeansNothingIsRefused(property: JSONValue, problem: String) async throws {
        var bundle = Build.bundle([Build.workflow("load")])
        bundle.manifest = .object(["bundle": .object(["properties": .object(["sheaf.dev/undo": property])])])
        let target = Target.apply(
            bundle,
            archive: Digest(of: [1]),
            resolved: Digest(of: [1]),
            version: nil,
            provenance: nil
        )
        let error = await #expect(throws: EngineError.self) {
            try await Engine.firstPlan(target, executor: FakeExecutor())
        }
        #expect(error?.failureClass == .invalidInput)
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    }
}
