import SheafEngine
import SheafModel
import SheafTestSupport
import Testing

@Suite struct PlannerTests {
    private typealias Build = BundleBuilder

    private func plan(_ live: [ResolvedResource], _ desired: [ResolvedResource]?) -> Plan {
        Planner.plan(
            bundle: "shop",
            fromRevision: live.isEmpty ? nil : 1,
            live: live.map { ResourceInstance(resource: $0, generation: 1) },
            desired: desired.map { Build.bundle($0) }
        )
    }

    @Test func theSameBundleGivesAnEmptyPlan() {
        let all = [Build.secret("password", value: "x"), Build.worker("cleaner"), Build.service("web", port: 80)]
        #expect(plan(all, all).isEmpty)
    }

    @Test func aFirstApplyCreatesInDependencyOrder() {
        let first = Build.worker("a")
        let second = Build.worker("b", needs: [first.id])
        let made = plan([], [first, second])
        #expect(made.changes.map(\.resource.name) == ["a", "b"])
        #expect(made.count(.create) == 2)
    }

    @Test func aReplacementNamesTheFieldThatDiffers() throws {
        let made = plan([Build.worker("a"), Build.worker("b")], [Build.worker("a"), Build.worker("b", text: "2")])
        let change = try #require(made.changes.first { $0.action == .replace })
        #expect(change.resource.name == "b")
        #expect(change.differences.map(\.path) == ["worker.text"])
        #expect(change.differences.first?.before == .string("1"))
        #expect(change.differences.first?.after == .string("2"))
        #expect(change.reasons == ["worker.text reaches the process"])
        #expect(made.count(.keep) == 1)
    }

    @Test func secretValuesAreMaskedInDifferences() throws {
        let made = plan([Build.secret("s", value: "old")], [Build.secret("s", value: "new")])
        let difference = try #require(made.changes.first?.differences.first)
        #expect(difference.isSecret)
        #expect(difference.before == .string("•••"))
        #expect(difference.after == .string("•••"))
    }

    @Test func aChangedSecretReplacesWhoUsesIt() throws {
        let old = Build.secret("s", value: "old"), new = Build.secret("s", value: "new")
        let user = Build.worker("w", uses: [old.id]), other = Build.worker("x")
        let made = plan([old, user, other], [new, user, other])
        #expect(made.changes.map(\.action) == [.update, .replace, .keep])
        #expect(made.changes[1].reasons == ["it uses secret:s:public, which changes"])
    }

    @Test func removedResourcesAreDeletedLastAndInReverse() {
        let all = [Build.worker("a"), Build.worker("b"), Build.worker("c")]
        let made = plan(all, [all[0], Build.worker("d")])
        #expect(made.changes.map(\.resource.name) == ["a", "d", "c", "b"])
        #expect(plan(all, nil).changes.map(\.resource.name) == ["c", "b", "a"])
    }

    @Test func aServiceThatKeepsItsPortHandsItOver() {
        let made = plan([Build.service("web", port: 80)], [Build.service("web", port: 80, text: "2")])
        #expect(made.changes.first?.handsOver == true)
        let moved = plan([Build.service("web", port: 80)], [Build.service("web", port: 81)])
        #expect(moved.changes.first?.handsOver == false)
    }

    @Test func aPortThatAnotherServiceTakesOverIsFreedFirst() {
        let made = plan([Build.service("old", port: 80)], [Build.service("new", port: 80)])
        #expect(made.changes.map(\.resource.name) == ["old", "new"])
        #expect(made.changes.map(\.handsOver) == [true, true])
    }

    @Test func aSealedSecretThatDiffersIsAMaskedChange() throws {
        let key = SealingKey()
        func worker(_ value: String) throws -> ResolvedResource {
            BundleBuilder.worker("a", text: "u:\(try key.seal(SecretText(value), of: "PW").text)@h")
        }
        func plan(_ before: String, _ after: String) throws -> Plan {
            Planner.plan(
                bundle: "shop",
                fromRevision: 1,
                live: [ResourceInstance(resource: try worker(before), generation: 1)],
                desired: BundleBuilder.bundle([try worker(after)])
            )
        }
        #expect(try plan("one", "one").isEmpty)
        let differences = try plan("one", "two").changes.flatMap(\.differences)
        #expect(differences.map(\.path) == ["worker.text"])
        #expect(differences.first?.before == .string("•••") && differences.first?.after == .string("•••"))
        #expect(differences.first?.isSecret == true)
    }
}
