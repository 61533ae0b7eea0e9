import SheafEngine
import SheafModel
import Testing

@testable import SheafExecutor

/// Which records of images are still asked for; no engine is needed.
@Suite struct ImageRecordTests {
    private static let web = ResourceID(kind: .worker, workspace: "shop", name: "web")

    private func unneeded(_ generations: [Int], _ revisions: [String: [Int]], present: Set<Int> = []) -> [Int] {
        ImageRecords.unneeded(generations, revisions: revisions, present: present)
    }

    @Test func aRevisionNeedsTheLastRecordUpToItsNumber() {
        #expect(unneeded([1, 3, 4, 8], ["shop": [5, 6, 8]], present: [8]) == [1, 3])
        #expect(unneeded([1, 3, 4, 8], ["shop": [2, 8]], present: [8]) == [3, 4])
        #expect(unneeded([2], ["shop": [1, 2]]) == [])
    }

    @Test func whatNoRevisionNamesIsNotNeeded() {
        #expect(unneeded([1, 2, 9], [:]) == [1, 2, 9])
        #expect(unneeded([1, 2, 9], [:], present: [2]) == [1, 9])
    }

    @Test func everyBundleThatHadTheWorkloadCounts() {
        #expect(unneeded([1, 2, 3, 7, 9], ["shop": [9, 10], "site": [2, 9]]) == [1, 3, 7])
    }

    @Test func whatABundleMayBeAboutToWriteStays() {
        // The next revision of 'site' is the fourth, and that of 'shop' the ninth.
        #expect(unneeded([1, 2, 3, 4, 8, 9], ["shop": [8], "site": [3]]) == [1, 2])
    }

    @Test func recordsAreFoundAndRemovedWithTheirFolders() throws {
        let scratch = try Scratch()
        let records = ImageRecords(home: ExecutorHome(scratch.home))
        var record = ImageRecord()
        record.add(ResolvedImage(id: "sha256:1", source: nil), of: "main", named: "app:1")
        #expect(scratch.executor.imageRecords == [:])
        let resource = ResolvedResource(id: Self.web, item: "web", manifest: .object([:]))
        for generation in [2, 10] {
            try records.write(record, of: ResourceInstance(resource: resource, generation: generation))
        }
        #expect(scratch.executor.imageRecords == [Self.web: [2, 10]])
        let path = scratch.executor.imageRecord(of: Self.web, generation: 2).path
        #expect(path == "\(scratch.home)/images/shop/worker/web/2")
        for generation in [2, 10] { try scratch.executor.forgetImageRecord(of: Self.web, generation: generation) }
        #expect(scratch.executor.imageRecords == [:])
        #expect(FileTree.names(in: "\(scratch.home)/images") == [])
    }
}
