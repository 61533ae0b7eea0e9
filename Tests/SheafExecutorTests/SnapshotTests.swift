import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// Copies of the data of volumes, and volumes that get their data back.
@Suite struct SnapshotTests {
    private let scratch: Scratch
    private let volume = Samples.volume()
    private var id: ResourceID { volume.resource.id }

    init() async throws {
        scratch = try Scratch()
        try await scratch.apply(Samples.create(volume))
        try write("one")
    }

    private var file: String { "\(scratch.executor.folder(ofVolume: id))/file" }
    private func write(_ text: String) throws { try DurableFile.writeText(text, to: file) }

    private func snapshot(_ revision: Int) -> SnapshotID {
        SnapshotID(bundle: "shop", revision: revision, volume: id)
    }

    private func copied(_ revision: Int) -> String? {
        TextFile.read("\(scratch.executor.folder(ofSnapshot: snapshot(revision)))/file")
    }

    @Test func aCopyIsWholeAndCanBeTakenAgainAndDropped() async throws {
        let request = SnapshotRequest(id: snapshot(2), limit: 1 << 20)
        let content = try #require(try await scratch.executor.takeSnapshot(request))
        #expect(content.files == 1 && content.bytes == 3)
        #expect(copied(2) == "one")
        try write("two")
        _ = try await scratch.executor.takeSnapshot(request)
        #expect(copied(2) == "two")
        #expect(try scratch.executor.sizeOnDisk(ofSnapshot: snapshot(2)) > 0)
        for _ in 0..<2 { try await scratch.executor.dropSnapshot(snapshot(2)) }
        #expect(scratch.leftovers == ["volumes/public", "volumes/public/data", "volumes/public/data/file"])
    }

    @Test func aVolumeWithoutDataHasNoCopy() async throws {
        let other = SnapshotID(
            bundle: "shop",
            revision: 2,
            volume: ResourceID(kind: .volume, workspace: nil, name: "other")
        )
        #expect(try await scratch.executor.takeSnapshot(SnapshotRequest(id: other, limit: 1)) == nil)
        #expect(!scratch.leftovers.contains { $0.contains(".snapshots") })
    }

    @Test func whatIsTooLargeIsRefusedWithTheSettingAndLeavesNothing() async throws {
        try write(String(repeating: "x", count: 5_000))
        let request = SnapshotRequest(id: snapshot(2), limit: 4_096)
        let probe = try await scratch.executor.takeSnapshot(SnapshotRequest(id: snapshot(3), limit: 1 << 20))
        try await scratch.executor.dropSnapshot(snapshot(3))
        // Where blocks can be shared nothing is too large.
        guard probe?.method == .copy else { return }
        let error = await #expect(throws: ExecutorError.self) { _ = try await scratch.executor.takeSnapshot(request) }
        #expect(error?.reason == .snapshotRefused)
        #expect(error?.hint?.contains("sheaf.dev/snapshot-limit") == true)
        #expect(!scratch.leftovers.contains { $0.contains(".snapshots") })
    }

    @Test func aBundlesNameNeverLeavesTheFolder() async throws {
        let evil = SnapshotID(bundle: "../../x", revision: 2, volume: id)
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await scratch.executor.takeSnapshot(SnapshotRequest(id: evil, limit: 1 << 20))
        }
        #expect(error?.reason == .unsafePath)
        let outside = "\(scratch.home)/x/2/public/data"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try await scratch.executor.dropSnapshot(evil)
        #expect(FileManager.default.fileExists(atPath: outside))
    }

    // MARK: Putting back

    private func mounting(_ generation: Int) -> ResourceInstance {
        let use: [String: JSONValue] = ["name": .string("data"), "directory": .string("d"), "subPath": .string("d")]
        return Samples.worker(
            ["/bin/sleep", "2020"],
            generation: generation,
            extra: ["persistentVolume": .object(use)]
        )
    }

    /// The step of a rollback that puts back what was copied before revision 2.
    private func restoring(_ users: [ResourceInstance]) -> Step {
        var step = Samples.update(volume, Samples.volume(generation: 4))
        step.restore = DataRestore(
            source: snapshot(2),
            aside: snapshot(4),
            users: users.map(DataRestore.User.init)
        )
        return step
    }

    @Test func dataIsExchangedWhileNothingThatMountsItRunsAndBack() async throws {
        _ = try await scratch.executor.takeSnapshot(SnapshotRequest(id: snapshot(2), limit: 1 << 20))
        try write("two")
        let worker = mounting(1)
        try await scratch.apply(Samples.create(worker), resources: [volume.resource])
        let before = scratch.leftovers
        var step = restoring([worker])
        step.facts = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        #expect(scratch.incarnation(of: worker).supervisor != nil, "preparing is not seen")
        #expect(TextFile.read(file) == "two")
        for _ in 0..<2 {
            try await scratch.executor.perform(step)
            #expect(scratch.incarnation(of: worker).supervisor == nil)
            #expect(TextFile.read(file) == "one")
            #expect(copied(4) == "two")
        }
        #expect(copied(2) == "one", "the copy can be put back again")
        for _ in 0..<2 {
            try await scratch.executor.revert(step)
            #expect(TextFile.read(file) == "two")
        }
        #expect(scratch.leftovers.filter { !$0.contains("/run/") } == before.filter { !$0.contains("/run/") })
        try await scratch.executor.finish(Samples.delete(worker))
    }

    @Test func anUndoBeforeTheExchangeEndsNothing() async throws {
        _ = try await scratch.executor.takeSnapshot(SnapshotRequest(id: snapshot(2), limit: 1 << 20))
        let worker = mounting(1)
        try await scratch.apply(Samples.create(worker), resources: [volume.resource])
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        var step = restoring([worker])
        _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        // As after a crash before the facts were recorded.
        try await scratch.executor.revert(step)
        step.facts = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        try await scratch.executor.revert(step)
        #expect(scratch.incarnation(of: worker).supervisor == supervisor)
        #expect(TextFile.read(file) == "one")
        try await scratch.executor.finish(Samples.delete(worker))
    }

    @Test func aCopyThatIsGoneIsRefusedByName() async throws {
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await scratch.executor.prepare(restoring([]), resources: MemoryDirectory([]))
        }
        #expect(error?.reason == .missingSnapshot)
        #expect(error?.message.contains("revision 2") == true)
        #expect(TextFile.read(file) == "one")
    }
}
