import SheafModel
import Testing

@Suite struct ContentNeedsTests {
    private struct Unknown: Error {}

    private static func digest(_ number: UInt8) -> Digest { Digest(of: [number]) }

    /// What is named, which resolved bundles name what, and what of 1 to 9 is garbage then.
    struct Case: Sendable {
        var named: [UInt8]
        var resolved: [UInt8: [UInt8]]
        var garbage: [UInt8]
    }

    @Test(arguments: [
        Case(named: [], resolved: [:], garbage: Array(1...9)),
        Case(named: [1, 2], resolved: [:], garbage: Array(3...9)),
        Case(named: [], resolved: [1: []], garbage: Array(2...9)),
        Case(named: [1], resolved: [2: [3, 4]], garbage: Array(5...9)),
        // Two revisions share a file, one file is an archive too, one names what is not there at all.
        Case(named: [1, 3], resolved: [2: [3, 4], 5: [4, 6, 77]], garbage: Array(7...9)),
        // What a file names does not count, only what a resolved bundle names.
        Case(named: [2], resolved: [1: [2]], garbage: Array(3...9)),
    ])
    func whatNobodyNamesIsGarbage(_ example: Case) {
        let resolved = example.resolved.keys.map { (Self.digest($0), "revision \($0)") }
        let needs = ContentNeeds(
            named: Set(example.named.map(Self.digest)),
            resolved: Dictionary(uniqueKeysWithValues: resolved)
        )
        let contents = Dictionary(
            uniqueKeysWithValues: example.resolved.map { (Self.digest($0), Set($1.map(Self.digest))) }
        )
        let all = needs.all { bundle, _ in contents[bundle] ?? [] }
        let kept = Set((UInt8(1)...9).map(Self.digest))
        #expect(kept.subtracting(all) == Set(example.garbage.map(Self.digest)))
    }

    @Test func whereOneBundleCannotBeReadNothingIsKnown() {
        let needs = ContentNeeds(resolved: [Self.digest(1): "revision 1", Self.digest(2): "revision 2"])
        #expect(throws: Unknown.self) {
            try needs.all { bundle, _ in
                guard bundle == Self.digest(1) else { throw Unknown() }
                return []
            }
        }
    }

    @Test func aBundleNamesTheFilesOfAllItsResources() {
        func attachment(_ number: UInt8) -> SheafModel.Attachment {
            SheafModel.Attachment(role: .config, name: "f\(number)", path: "f\(number)", digest: Self.digest(number))
        }
        func resource(_ name: String, _ numbers: [UInt8]) -> ResolvedResource {
            let id = ResourceID(kind: .secret, workspace: "w", name: name)
            return ResolvedResource(
                id: id,
                item: name,
                manifest: .object([:]),
                attachments: numbers.map(attachment)
            )
        }
        let resources = [resource("a", [1, 2]), resource("b", []), resource("c", [2, 3])]
        let waves = [resources.map(\.id)]
        let bundle = ResolvedBundle(name: "b", manifest: .object([:]), resources: resources, waves: waves)
        #expect(bundle.contents == Set([1, 2, 3].map(Self.digest)))
    }
}
