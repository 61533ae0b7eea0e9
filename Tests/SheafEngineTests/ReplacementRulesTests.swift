import SheafEngine
import SheafModel
import SheafTestSupport
import Testing

/// Which fields need a new incarnation.
@Suite struct ReplacementRulesTests {
    private typealias Build = BundleBuilder

    private func plan(_ before: ResolvedResource, _ after: ResolvedResource, runsJobs: Bool = true) -> Change? {
        Planner.plan(
            bundle: "shop",
            fromRevision: 1,
            live: [ResourceInstance(resource: before, generation: 1)],
            desired: Build.bundle([after]),
            runsJobs: runsJobs
        ).changes.first
    }

    @Test(arguments: [
        "owner", "layer", "title", "service.compute", "service.ingress.path",
        "service.resources.requests.memory", "service.tags", "service.topology",
    ])
    func aFieldThatDoesNotReachTheProcessIsUpdatedInPlace(path: String) throws {
        // What the field stands in is there before, so that only the field differs.
        let before = Build.service("web", port: 80)
            .setting(["service", "resources"], to: .object(["requests": .object([:])]))
            .setting(["service", "ingress"], to: .object([:]))
        let after = before.setting(path.split(separator: ".").map(String.init), to: .string("2"))
        let change = try #require(plan(before, after))
        #expect(change.action == .update)
        #expect(change.differences.map(\.path) == [path])
        #expect(change.reasons == ["1 field differs, which does not reach what runs"])
        #expect(change.interruption == .none)
        #expect(change.undo == .reversible)
    }

    @Test(arguments: [
        "tags", "description", "version", "service.envs", "service.replicas",
        "service.stackSpec", "service.servicePort",
        "service.logLevel",
        "service.resources.limits", "service.dataosSecrets", "service.unheardOf", "service.computer",
    ])
    func aFieldThatMayReachTheProcessReplacesIt(path: String) throws {
        let before = Build.service("web", port: 80).setting(["service", "resources"], to: .object([:]))
        let after = before.setting(path.split(separator: ".").map(String.init), to: .string("2"))
        let change = try #require(plan(before, after))
        #expect(change.action == .replace)
        #expect(change.reasons == ["\(path) reaches the process"])
    }

    @Test func theReasonNamesTheFieldsThatForceTheReplacement() throws {
        let before = Build.worker("w")
        let after = before.owned(by: "ann").setting(["worker", "a"], to: .integer(1)).setting(
            ["worker", "b"],
            to: .integer(1)
        )
        #expect(plan(before, after)?.reasons == ["worker.a, worker.b reach the process"])
        let more = after.setting(["worker", "c"], to: .integer(1)).setting(["worker", "d"], to: .integer(1))
        #expect(plan(before, more)?.reasons == ["worker.a, worker.b, worker.c and 1 more reach the process"])
    }

    @Test func aFileThatIsMountedReplacesTheProcess() throws {
        func worker(_ content: UInt8) -> ResolvedResource {
            var worker = Build.worker("w")
            worker.attachments = [
                Attachment(role: .config, name: "a", path: "config/a", digest: Digest(of: [content]))
            ]
            return worker
        }
        #expect(plan(worker(1), worker(2))?.reasons == ["content of config/a reaches the process"])
    }

    @Test func anotherOrderIsAnUpdateInPlace() throws {
        let first = Build.worker("a")
        let made = Planner.plan(
            bundle: "shop",
            fromRevision: 1,
            live: [first, Build.worker("b")].map { ResourceInstance(resource: $0, generation: 1) },
            desired: Build.bundle([first, Build.worker("b", needs: [first.id])])
        )
        #expect(made.changes.map(\.action) == [.keep, .update])
        #expect(made.changes[1].differences.map(\.path) == ["dependencies[0]"])
    }

    @Test func jobsRunAgainWhenSomethingReachesThem() throws {
        let before = Build.workflow("load")
        #expect(plan(before, before.owned(by: "ann"))?.action == .update)
        let changed = Build.workflow("load", text: "2")
        #expect(plan(before, changed)?.action == .run)
        #expect(plan(before, changed)?.reasons == ["workflow.dag[name=job].spec.text reaches its jobs"])
        #expect(plan(before, changed, runsJobs: false)?.action == .replace)
        #expect(plan(before, Build.workflow("load", isScheduled: true))?.action == .replace)
        #expect(plan(Build.workflow("load", isScheduled: true), before)?.action == .run)
    }

    @Test func anotherTimeOfAScheduleRunsNothing() throws {
        let before = Build.workflow("load", isScheduled: true)
        let after = before.setting(["workflow", "schedule", "cron"], to: .string("0 7 * * *"))
        #expect(plan(before, after)?.action == .update)
    }

    @Test func aVolumeIsNeverReplaced() throws {
        #expect(plan(Build.volume("v"), Build.volume("v", size: "2Gi"))?.action == .update)
    }

    @Test func aSecretWhoseValuesStayReplacesNobody() throws {
        let old = Build.secret("s", value: "x"), user = Build.worker("w", uses: [old.id])
        let made = Planner.plan(
            bundle: "shop",
            fromRevision: 1,
            live: [old, user].map { ResourceInstance(resource: $0, generation: 1) },
            desired: Build.bundle([old.owned(by: "ann"), user])
        )
        #expect(made.changes.map(\.action) == [.update, .keep])
    }
}
