import SheafEngine
import SheafModel
import SheafTestSupport
import Testing
import sheaf

/// What a saved plan is refused for.
@Suite struct PlanMovesTests {
    private static let web = ResourceID(kind: .service, workspace: "shop", name: "web")

    private func document(
        from revision: Int? = 3,
        archive: UInt8 = 1,
        resolved: UInt8 = 1,
        home: String = "/a",
        environment: String? = nil,
        sources: [String]? = nil,
        changes: [Change] = []
    ) -> PlanDocument {
        var target = Target.apply(
            BundleBuilder.bundle([]),
            archive: Digest(of: [archive]),
            resolved: Digest(of: [resolved]),
            version: nil,
            provenance: nil
        )
        target.environment = environment
        target.valueSources = sources
        let plan = Plan(bundle: "shop", fromRevision: revision, changes: changes)
        return PlanDocument(plan, of: target, in: home, toRevision: 4)
    }

    private func moves(_ saved: PlanDocument, _ now: PlanDocument) throws -> [String] {
        try PlanMoves(from: saved, to: now).lines
    }

    @Test func nothingHasMoved() throws {
        let change = Change(
            action: .replace,
            resource: Self.web,
            differences: [.init(path: "a", before: .null, after: .number(1))]
        )
        // Read again, null is nothing and 1.0 is 1.
        let saved = try CanonicalJSON.decode(PlanDocument.self, from: CanonicalJSON.encode(document(changes: [change])))
        #expect(try moves(saved, document(changes: [change])).isEmpty)
    }

    @Test func theRestoredRevisionIsNamed() throws {
        var saved = document(), now = document()
        (saved.restores, now.restores) = (1, 2)
        #expect(try moves(saved, now) == ["it would restore revision 2, the plan was made for revision 1"])
    }

    @Test func theRevisionTheArchiveAndTheValuesAreNamed() throws {
        let now = document(
            from: 4,
            archive: 2,
            resolved: 2,
            home: "/b",
            environment: "dev",
            sources: ["values.yaml", "--set a"]
        )
        #expect(
            try moves(document(environment: "prod", sources: ["values.yaml"]), now) == [
                "it goes to /b, the plan was made for /a",
                "the live revision is 4, the plan was made for 3",
                "the archive is sha256:dbc1b4c900ff, the plan was made for sha256:4bf5122f3445",
                "the environment is 'dev', the plan was made for 'prod'",
                "the values given are values.yaml, --set a, the plan was made with values.yaml",
            ]
        )
        #expect(
            try moves(document(from: nil), document()) == ["the live revision is 3, the plan was made when nothing was"]
        )
        #expect(try moves(document(), document(from: nil)) == ["nothing is live, the plan was made for 3"])
        #expect(
            try moves(document(), document(resolved: 2)) == [
                "what the bundle resolves to is another: other values, variables or secrets were given"
            ]
        )
    }

    @Test func changesThatDifferAreNamed() throws {
        func change(_ action: Change.Action, _ reason: String? = nil) -> [Change] {
            [Change(action: action, resource: Self.web, reasons: reason.map { [$0] } ?? [])]
        }
        func move(_ old: [Change], _ new: [Change]) throws -> [String] {
            try moves(document(changes: old), document(changes: new))
        }
        #expect(
            try move(change(.keep), change(.replace, "it is not running any more")) == [
                "service:web:shop would now also be replaced: it is not running any more"
            ]
        )
        #expect(try move(change(.replace, "x"), change(.keep)) == ["service:web:shop would not be replaced any more"])
        #expect(try move([], change(.create, "it is new")) == ["service:web:shop would now also be created: it is new"])
        #expect(try move(change(.delete), []) == ["service:web:shop would not be deleted any more"])
        #expect(
            try move(change(.update, "x"), change(.replace, "y")) == [
                "service:web:shop would now be replaced, not updated: y"
            ]
        )
        #expect(
            try move(change(.replace, "x"), change(.replace, "y")) == [
                "service:web:shop would be replaced in another way: y"
            ]
        )
    }
}
