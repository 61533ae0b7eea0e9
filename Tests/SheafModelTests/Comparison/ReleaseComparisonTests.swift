import SheafModel
import Testing

@Suite struct ReleaseComparisonTests {
    private func worker(_ name: String, _ text: String = "1", needs: [String] = []) -> ResolvedResource {
        let id = ResourceID(kind: .worker, workspace: nil, name: name)
        return ResolvedResource(
            id: id,
            item: name,
            manifest: .object(["name": .string(name), "text": .string(text)]),
            dependencies: needs.map { Dependency(resource: ResourceID(kind: .worker, workspace: nil, name: $0)) }
        )
    }

    private func release(
        _ resources: [ResolvedResource],
        version: String? = "1.0.0",
        name: String = "shop",
        images: [NamedVersion] = []
    ) -> ComparedRelease {
        var head = ComparedRelease.Head(source: "x", form: .archive, name: name, isFilledIn: false)
        head.version = version
        let bundle = ResolvedBundle(
            name: name,
            manifest: .object(["name": .string(name)]),
            resources: resources,
            waves: []
        )
        return ComparedRelease(head: head, bundle: bundle, images: images)
    }

    @Test func aReleaseIsTheSameAsItself() {
        let one = release([worker("a"), worker("b", needs: ["a"])])
        let comparison = ReleaseComparison(from: one, to: one)
        #expect(comparison.isEmpty)
        #expect(comparison.unchangedResources == 2)
    }

    @Test func resourcesAreAddedRemovedAndChangedInOneOrder() {
        let comparison = ReleaseComparison(
            from: release([worker("z"), worker("b"), worker("a")]),
            to: release([worker("c", needs: ["a"]), worker("b", "2"), worker("a", needs: ["b"])])
        )
        let found = comparison.resources.map { "\($0.action) \($0.resource.name)" }
        #expect(found == ["changed a", "changed b", "added c", "removed z"])
        #expect(comparison.resources.first?.differences.map(\.path) == ["dependencies[0]"])
        #expect(comparison.count(.changed) == 2 && comparison.unchangedResources == 0)
    }

    @Test func nameVersionAndOriginAreCompared() {
        var one = release([]), two = release([], version: "2.0.0", name: "store")
        one.head.provenance = Provenance(commit: "a", tag: "v1", dirty: false)
        two.head.provenance = Provenance(commit: "a", tag: "v2", dirty: true)
        let found = ReleaseComparison(from: one, to: two).release.map(\.path)
        #expect(found == ["name", "version", "tag", "dirty"])
    }

    @Test func againstADeleteEverythingIsAdded() {
        var nothing = release([])
        nothing.bundle = nil
        let comparison = ReleaseComparison(from: nothing, to: release([worker("a")]))
        #expect(comparison.count(.added) == 1)
        #expect(!comparison.isEmpty)
    }

    @Test func imagesChangeTheirVersionOrComeAndGo() {
        func image(_ name: String, _ version: String?) -> NamedVersion { NamedVersion(name: name, version: version) }
        let found = NamedVersionChange.changes(
            from: [image("web", "1"), image("gone", nil), image("same", "3"), image("two", "1"), image("two", "2")],
            to: [image("web", "2"), image("new", "1"), image("same", "3"), image("two", "2"), image("two", "3")]
        )
        let words = found.map { "\($0.action) \($0.name) \($0.before ?? "-") \($0.after ?? "-")" }
        #expect(words == ["removed gone - -", "added new - 1", "changed two 1 3", "changed web 1 2"])
    }
}
