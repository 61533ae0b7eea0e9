import SheafModel
import Testing
import sheaf

@Suite struct PlanTextTests {
    private let plan = Plan(
        bundle: "shop",
        fromRevision: 3,
        changes: [
            Change(action: .keep, resource: id("volume:data:public")),
            Change(action: .create, resource: id("worker:totals:public"), reasons: ["new in the bundle"]),
            Change(
                action: .update,
                resource: id("service:site:public"),
                reasons: ["the definition changed"],
                differences: [
                    .init(path: "service.servicePort", before: .integer(80), after: .integer(81)),
                    .init(path: "service.logLevel", before: nil, after: .string("INFO")),
                    .init(path: "service.envs", before: .object(["A": .string("x\u{1B}[2J")]), after: nil),
                    .init(
                        path: "secret.data.KEY",
                        before: .string("old-key"),
                        after: .string("new-key"),
                        isSecret: true
                    ),
                    .init(path: "secret.data.NEW", before: nil, after: .string("new-key"), isSecret: true),
                ],
                handsOver: true
            ),
            Change(action: .delete, resource: id("workflow:load:public"), reasons: ["no longer in the bundle"]),
        ]
    )

    @Test func showsEveryResourceWithItsSignReasonsAndDifferences() {
        #expect(
            PlanText(plan, revision: 4).render() == """
                Bundle shop, revision 3 -> 4

                  = keep    volume:data:public
                  + create  worker:totals:public  new in the bundle
                  ~ update  service:site:public   the definition changed; the port is handed over: a short interruption
                        service.servicePort: 80 -> 81
                        service.logLevel: (none) -> "INFO"
                        service.envs: {"A":"x\\u001b[2J"} -> (none)
                        secret.data.KEY: ••• -> •••
                        secret.data.NEW: (none) -> •••
                  - delete  workflow:load:public  no longer in the bundle

                Plan: 1 to create, 1 to update, 1 to delete, 1 kept.

                """
        )
    }

    @Test func neverShowsASecret() {
        let text = PlanText(plan, style: TextStyle(isColored: true)).render()
        #expect(!text.contains("old-key") && !text.contains("new-key"))
    }

    @Test func saysThatNothingChanges() {
        let kept = Plan(
            bundle: "shop",
            fromRevision: 3,
            changes: [Change(action: .keep, resource: id("volume:data:public"))]
        )
        let text = PlanText(kept).render()
        #expect(text.hasSuffix("No changes: 0 to create, 0 to update, 0 to delete, 1 kept.\n"))
        let first = PlanText(Plan(bundle: "shop", fromRevision: nil, changes: [])).render()
        #expect(first.hasPrefix("Bundle shop, first revision\n"))
    }

    @Test func showsWhereLongValuesDiffer() {
        let same = String(repeating: "a", count: 100)
        let change = Change(
            action: .update,
            resource: id("service:site:public"),
            differences: [.init(path: "x", before: .string(same + "before"), after: .string(same + "after"))]
        )
        let text = PlanText(Plan(bundle: "shop", fromRevision: 1, changes: [change])).render()
        #expect(text.contains("x: …aaaaaaaaaabefore\" -> …aaaaaaaaaaafter\""))
    }
}

private func id(_ text: String) -> ResourceID {
    ResourceID(text) ?? ResourceID(kind: .resource, workspace: nil, name: "unreadable")
}
