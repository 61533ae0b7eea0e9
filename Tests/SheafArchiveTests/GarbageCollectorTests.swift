import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct GarbageCollectorTests {
    private let home: Scratch
    private let content: ContentDirectory
    /// A resolved bundle, the file that it names, and an archive.
    private let bundle: Digest, file: Digest, archive: Digest
    private let needs: ContentNeeds

    init() throws {
        home = try Scratch()
        content = ContentDirectory(root: home.path)
        file = try content.keep(Array("file".utf8))
        archive = try content.keep(Array("archive".utf8))
        var resource = BundleBuilder.secret("token", value: "x")
        resource.attachments = [SheafModel.Attachment(role: .secretFile, name: "k", path: "k", digest: file)]
        bundle = try content.keep(Array(try CanonicalJSON.encode(BundleBuilder.bundle([resource]))))
        needs = ContentNeeds(named: [archive], resolved: [bundle: "revision 1 of 'shop'"])
    }

    private func collect(
        dry: Bool = false,
        frames: Bool = false,
        limit: Int64 = PackCache.standardLimit,
        needs: ContentNeeds?
    ) throws -> GarbageReport {
        var options = GarbageCollector.Options()
        options.isDryRun = dry
        options.dropsFrames = frames
        return try GarbageCollector(home: home.path, cache: PackCache(root: home.path, limit: limit))
            .collect(options) { needs }
    }

    private func blobs() throws -> Set<String> { Set(try home.names("blobs/sha256")) }

    private var needed: Set<String> { Set([bundle, file, archive].map(\.hex)) }

    @Test func whatIsNeededStaysAndADryRunFindsWhatARealOneRemoves() throws {
        let orphan = try content.keep(Array("orphan".utf8))
        try home.write("blobs/sha256/notes.txt", "mine")
        try home.write("blobs/other", "mine")
        let before = try blobs()
        let dry = try collect(dry: true, needs: needs)
        #expect(try blobs() == before)
        let report = try collect(needs: needs)
        #expect(report == dry)
        #expect(report.garbage.map(\.path) == ["blobs/sha256/\(orphan.hex)"])
        #expect(report.garbage.map(\.kind) == [.blob])
        #expect(report.size > 0)
        #expect(report.foreign == ["blobs/other", "blobs/sha256/notes.txt"])
        #expect(report.missing == [])
        #expect(report.keptBlobs.count == 3)
        #expect(try blobs() == needed.union(["notes.txt"]))
        #expect(try home.names("blobs") == ["lock", "other", "sha256"])
        let again = try collect(needs: needs)
        #expect(again.garbage == [])
    }

    @Test func whatNoRevisionNamesAnyMoreGoesWithAllThatItAloneNamed() throws {
        let report = try collect(needs: ContentNeeds(named: [archive]))
        #expect(Set(report.garbage.map(\.path)) == Set([bundle, file].map { "blobs/sha256/\($0.hex)" }))
        #expect(try blobs() == [archive.hex])
    }

    @Test func anEmptyOrMissingHomeHasNoGarbage() throws {
        let empty = try Scratch()
        let collector = GarbageCollector(home: empty.path("none"), cache: PackCache(root: empty.path("none")))
        #expect(try collector.collect(GarbageCollector.Options()) { nil } == GarbageReport())
        #expect(try empty.names() == [])
        mkdir(empty.path("none"), 0o700)
        mkdir(empty.path("none/blobs"), 0o700)
        #expect(try collector.collect(GarbageCollector.Options()) { nil } == GarbageReport())
    }

    @Test func withoutRecordsNothingIsRemoved() throws {
        let before = try blobs()
        #expect(code { _ = try collect(needs: nil) } == "archive.content-unaccounted")
        #expect(try blobs() == before)
    }

    /// What can be wrong with the resolved bundle of a revision.
    enum Damage: CaseIterable { case missing, changed, noBundle, newer }

    @Test(arguments: Damage.allCases)
    func whereItIsNotKnownWhatARevisionNeedsNothingIsRemoved(damage: Damage) throws {
        try content.keep(Array("orphan".utf8))
        try home.write("blobs/sha256/x.1.2.tmp", "half")
        try home.write("frames/\(archive.hex)", "no frame")
        var needs = needs
        switch damage {
        case .missing: unlink(home.path("blobs/sha256/\(bundle.hex)"))
        case .changed: try home.write("blobs/sha256/\(bundle.hex)", "other")
        case .noBundle: needs.resolved[file] = "revision 2 of 'shop'"
        case .newer:
            var newer = BundleBuilder.bundle([])
            newer.formatVersion += 1
            needs.resolved[try content.keep(Array(try CanonicalJSON.encode(newer)))] = "revision 2 of 'shop'"
        }
        let before = try blobs()
        let error = #expect(throws: ArchiveError.self) { _ = try collect(needs: needs) }
        #expect(error?.code == "archive.content-unaccounted")
        #expect(error?.message.contains("of 'shop'") == true)
        #expect(try blobs() == before)
        #expect(try home.names("frames") == [archive.hex])
    }

    @Test func contentThatIsNeededAndNotThereIsTold() throws {
        unlink(home.path("blobs/sha256/\(file.hex)"))
        #expect(try collect(needs: needs).missing == [file.description])
    }

    @Test func whatIsBeingKeptIsNotTouched() throws {
        let orphan = try content.keep(Array("orphan".utf8))
        let hold = try content.hold()
        // It is there already, so nothing of it is written: only the lock tells that somebody relies on it.
        #expect(try content.keep(Array("orphan".utf8)) == orphan)
        let error = #expect(throws: ArchiveError.self) { _ = try collect(needs: needs) }
        #expect(error?.code == "archive.content-busy")
        #expect(error?.failureClass == .busy)
        #expect(error?.message.contains("process \(getpid())") == true)
        #expect(code { _ = try collect(dry: true, needs: needs) } == "archive.content-busy")
        #expect(try blobs().contains(orphan.hex))
        // The records are read again once nobody keeps content: what was recorded meanwhile counts.
        hold.release()
        var later = needs
        later.named.insert(orphan)
        #expect(try collect(needs: later).garbage == [])
        #expect(try content.content(orphan) == Array("orphan".utf8))
    }

    @Test func whatIsRecordedWhileItWaitsCounts() async throws {
        let orphan = try content.keep(Array("orphan".utf8))
        var later = needs
        later.named.insert(orphan)
        let hold = try content.hold()
        var options = GarbageCollector.Options()
        options.waits = true
        let lock = home.path("blobs/lock")
        let collector = GarbageCollector(home: home.path, cache: PackCache(root: home.path))
        let (asked, answers) = (AsyncStream<Void>.makeStream(), [needs, later])
        async let report = Task.detached { [options] in
            var calls = 0
            return try collector.collect(options) {
                defer { calls += 1 }
                asked.continuation.yield()
                return answers[min(calls, 1)]
            }
        }.value
        // It has read the records once, and now has to wait for the lock.
        for await _ in asked.stream { break }
        #expect(FileLock.isHeld(lock))
        hold.release()
        #expect(try await report.garbage == [])
        #expect(try blobs().contains(orphan.hex))
    }

    @Test func onlyTemporaryFilesThatNobodyWritesAreSwept() throws {
        let left = ["blobs/sha256/ab.12.34.tmp", "keys/store.key.12.34.tmp", "frames/frame.12.34.tmp"]
        for path in left { try home.write(path, "half") }
        try home.write("keys/mine.tmp", "not ours")
        try home.write("frames/blobs.56.78.tmp", "being written")
        let held = try FileLock.wait(for: home.path("frames/blobs.56.78.tmp"), isShared: false)
        let dry = try collect(dry: true, needs: needs)
        for path in left { #expect(FileManager.default.fileExists(atPath: home.path(path)), "\(path)") }
        let report = try collect(needs: needs)
        #expect(report == dry)
        #expect(report.garbage.map(\.path) == left)
        #expect(report.garbage.allSatisfy { $0.kind == .temporary && $0.size > 0 })
        for path in left { #expect(!FileManager.default.fileExists(atPath: home.path(path)), "\(path)") }
        #expect(try home.names("frames") == ["blobs.56.78.tmp"])
        #expect(try home.names("keys") == ["mine.tmp"])
        held.release()
    }

    @Test func framesGoWhenDamagedOrBeyondTheLimitOrWhenAllShall() throws {
        let source = try Scratch()
        try source.write("bundle.yaml", "b")
        for number in 0..<40 { try source.write("d/f\(number)", PackCacheTests.noise(number, 60_000)) }
        let tree = try SourceTree.workingTree(directory: source.path)
        let digest = try tree.packed(cache: PackCache(root: home.path)).digest
        func frames() throws -> [String] { try home.names("frames").filter { $0.utf8.count == 64 } }
        let made = try frames()
        #expect(made.count > 1)
        #expect(try collect(needs: needs).garbage == [])

        let broken = try #require(made.first)
        try home.write("frames/\(broken)", Array(try home.read("frames/\(broken)").dropLast()))
        try home.write("frames/notes", "mine")
        let report = try collect(needs: needs)
        #expect(report.garbage.map(\.path) == ["frames/\(broken)"])
        #expect(report.keptFrames.count == made.count - 1)
        #expect(report.foreign == ["frames/notes"])
        #expect(try tree.packed(cache: PackCache(root: home.path)).digest == digest)
        #expect(try frames() == made)

        let surplus = try collect(limit: 200_000, needs: needs)
        #expect(surplus.garbage.count > 0)
        #expect(surplus.keptFrames.size <= 200_000)
        #expect(try frames().count == surplus.keptFrames.count)
        let all = try collect(frames: true, needs: needs)
        #expect(all.keptFrames.count == 0)
        #expect(try home.names("frames") == ["notes"])
        #expect(try tree.packed(cache: PackCache(root: home.path)).digest == digest)
    }
}
