import SheafEngine
import SheafModel
import SheafTestSupport
import Testing
import sheaf

@Suite struct PlanTextTests {
    private let plan = Plan(
        bundle: "shop",
        fromRevision: 3,
        changes: [
            Change(action: .keep, resource: id("volume:data:public")),
            Change(action: .create, resource: id("worker:totals:public"), reasons: ["it is new"]),
            Change(
                action: .replace,
                resource: id("service:site:public"),
                reasons: ["3 fields reach the process"],
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
                    .init(path: "secret.data.NEW", before: nil, after: .string("new-key\n"), isSecret: true),
                ],
                handsOver: true,
                undo: .compensated(how: "the old one is started again"),
                affects: ["a", "b", "c", "d"].map { id("worker:\($0):public") },
                affectsMore: 5,
                interruption: Interruption(.handover, processes: 1)
            ),
            Change(
                action: .update,
                resource: id("worker:mail:public"),
                reasons: ["1 field differs, which does not reach what runs"],
                differences: [.init(path: "owner", before: .string("ann"), after: .string("bob"))]
            ),
            Change(
                action: .run,
                resource: id("workflow:seed:public"),
                reasons: ["its jobs are to run again"],
                undo: .none(why: "its jobs may write somewhere")
            ),
            Change(
                action: .delete,
                resource: id("worker:load:public"),
                reasons: ["it is no longer in the bundle"],
                interruption: Interruption(.ends, processes: 1)
            ),
        ]
    )

    private func document(_ plan: Plan, to revision: Int?) -> PlanDocument {
        var target = Target.apply(
            BundleBuilder.bundle([]),
            archive: Digest(of: [1]),
            resolved: Digest(of: [2]),
            version: "1.2.0",
            provenance: Provenance(commit: "46337aa4c0de46337aa4c0de46337aa4c0de46337a", dirty: true)
        )
        target.environment = "prod"
        return PlanDocument(plan, of: target, in: "/home/you/sheaf", toRevision: revision)
    }

    @Test func showsEveryResourceWithItsSignReasonsDifferencesAndConsequences() throws {
        #expect(
            try PlanText(document(plan, to: 4)).render() == """
                Bundle shop 1.2.0, revision 3 -> 4, in /home/you/sheaf
                Archive sha256:4bf5122f3445, commit 46337aa4c0de with uncommitted changes, environment prod

                  + create   worker:totals:public  it is new
                  ± replace  service:site:public   3 fields reach the process
                        service.servicePort: 80 -> 81
                        service.logLevel: (none) -> "INFO"
                        service.envs: {"A":"x\\u001b[2J"} -> (none)
                        secret.data.KEY: ••• -> •••
                        secret.data.NEW: (none) -> •••
                        short interruption: the port is handed over; affects worker:a:public, worker:b:public, \
                worker:c:public and 6 more; undo: the old one is started again
                  ~ update   worker:mail:public    1 field differs, which does not reach what runs
                        owner: "ann" -> "bob"
                        no interruption
                  > run      workflow:seed:public  its jobs are to run again
                        cannot be undone: its jobs may write somewhere
                  - delete   worker:load:public    it is no longer in the bundle
                        ends 1 process

                Plan: 1 to create, 1 to update, 1 to replace, 1 to run, 1 to delete, 1 kept. Restarts 1 process. \
                1 step cannot be undone.

                """
        )
    }

    @Test func showsWhatIsKeptWhenAsked() throws {
        let text = try PlanText(document(plan, to: 4), showsKept: true).render()
        #expect(text.contains("  = keep     volume:data:public\n"))
    }

    @Test func neverShowsASecret() throws {
        let text = try PlanText(document(plan, to: 4), style: TextStyle(isColored: true)).render()
        #expect(!text.contains("old-key") && !text.contains("new-key"))
    }

    @Test func saysThatNothingChanges() throws {
        let kept = Plan(
            bundle: "shop",
            fromRevision: 3,
            changes: [Change(action: .keep, resource: id("volume:data:public"))]
        )
        #expect(try PlanText(document(kept, to: nil)).render().hasSuffix("\n\nNo changes: 1 kept.\n"))
        let recorded = try PlanText(document(kept, to: 4)).render()
        #expect(
            recorded.hasSuffix("\n\nNo changes: 1 kept. Revision 4 would record the archive and its version.\n")
        )
        let first = try PlanText(document(Plan(bundle: "shop", fromRevision: nil, changes: []), to: 1)).render()
        #expect(first.hasPrefix("Bundle shop 1.2.0, first revision, in /home/you/sheaf\n"))
    }

    @Test func showsWhereLongValuesDiffer() throws {
        let same = String(repeating: "a", count: 100)
        let text = try self.text(of: .init(path: "x", before: .string(same + "before"), after: .string(same + "after")))
        #expect(text.contains("x: …aaaaaaaaaabefore\" -> …aaaaaaaaaaafter\""))
    }

    @Test func foldsWhatIsTheSameInLongTexts() throws {
        let lines = (1...30).map { "line \($0)" }
        var changed = lines
        changed[9] = "another"
        changed[26] = "and this"
        func joined(_ lines: [String]) -> JSONValue { .string(lines.map { $0 + "\n" }.joined()) }
        let text = try self.text(of: .init(path: "x", before: joined(lines), after: joined(changed)))
        #expect(
            text.contains(
                """
                        x:
                          … 7 lines the same
                            line 8
                            line 9
                          - line 10
                          + another
                            line 11
                            line 12
                          … 12 lines the same
                            line 25
                            line 26
                          - line 27
                          + and this
                            line 28
                            line 29
                          … 1 line the same

                """
            ),
            "\(text)"
        )
    }

    @Test func cutsTextsThatAreNew() throws {
        let long = (1...60).map { "line \($0)\n" }.joined()
        let text = try self.text(of: .init(path: "x", before: nil, after: .string(long)))
        #expect(text.contains("          + line 40\n          … 20 more lines\n"))
    }

    private func text(of difference: Change.Difference) throws -> String {
        let change = Change(action: .replace, resource: id("service:site:public"), differences: [difference])
        return try PlanText(document(Plan(bundle: "shop", fromRevision: 1, changes: [change]), to: 2)).render()
    }

    @Test(arguments: Change.Action.allCases)
    func thereAreWordsForEveryAction(action: Change.Action) {
        #expect(ActionWords.hasWords(for: action))
    }

    @Test func programsSeeStableKeys() throws {
        var short = plan
        short.changes = [plan.changes[0], plan.changes[4]]
        #expect(
            try Rendering.jsonLine(document(short, to: 4)) == #"""
                {"archive":"sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a","bundle":"shop",\#
                "changes":[{"action":"keep","affects":[],"affectsMore":0,"differences":[],"handsOver":false,\#
                "interruption":{"kind":"none","processes":0},"reasons":[],"resource":"volume:data:public",\#
                "undo":{"kind":"reversible"}},\#
                {"action":"run","affects":[],"affectsMore":0,"differences":[],"handsOver":false,\#
                "interruption":{"kind":"none","processes":0},"reasons":["its jobs are to run again"],\#
                "resource":"workflow:seed:public","undo":{"kind":"none","why":"its jobs may write somewhere"}}],\#
                "environment":"prod","formatVersion":1,"fromRevision":3,"home":"/home/you/sheaf","operation":"apply",\#
                "provenance":{"commit":"46337aa4c0de46337aa4c0de46337aa4c0de46337a","dirty":true,"subdirectory":""},\#
                "resolved":"sha256:dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",\#
                "toRevision":4,"totals":{"adopt":0,"create":0,"delete":0,"irreversible":1,"keep":1,"replace":0,"restart":0,\#
                "run":1,"update":0},"version":"1.2.0"}
                """#
        )
    }
}

private func id(_ text: String) -> ResourceID {
    ResourceID(text) ?? ResourceID(kind: .resource, workspace: nil, name: "unreadable")
}
