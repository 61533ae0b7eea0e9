import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct PackCacheTests {
    private let home: Scratch
    private let source: Scratch

    init() throws {
        home = try Scratch()
        source = try Scratch()
        try source.write("bundle.yaml", "b")
        for number in 0..<40 { try source.write("d/f\(number)", Self.noise(number, 60_000)) }
        try source.write("large", Self.noise(99, 1_500_000))
        source.link("link", to: "d/f0")
    }

    /// Bytes of no pattern, different for every seed.
    static func noise(_ seed: Int, _ count: Int) -> [UInt8] {
        (0..<count / 64).flatMap { Array(Digest(of: Array("\(seed) \($0)".utf8)).hex.utf8) }
    }

    private func packed(cached: Bool = true, limit: Int64 = PackCache.standardLimit) throws -> PackedArchive {
        try SourceTree.workingTree(directory: source.path)
            .packed(cache: cached ? PackCache(root: home.path, limit: limit) : nil)
    }

    private func frames() throws -> [String] { try home.names("frames").filter { $0.utf8.count == 64 } }

    @Test func aPackWithKeptFramesGivesTheBytesOfOneWithout() throws {
        let fresh = try packed(cached: false).digest
        #expect(try packed().digest == fresh)
        let names = try frames()
        #expect(names.count > 4)
        #expect(try packed().digest == fresh)
        #expect(try frames() == names)
        try source.write("d/f20", "changed")
        try source.write("d/f20b", "inserted")
        let changed = try packed(cached: false).digest
        #expect(changed != fresh)
        #expect(try packed().digest == changed)
        // Two frames of files at most, the first frame, and what the archive is.
        #expect(try frames().count <= names.count + 4)
    }

    @Test func aPackOfACommitReadsOnlyWhatChanged() async throws {
        let repository = try await Repository(["bundle.yaml": "b"])
        for number in 0..<40 { try repository.scratch.write("d/f\(number)", Self.noise(number, 60_000)) }
        try await repository.commit("more")
        let cache = PackCache(root: home.path)
        func packed() throws -> Digest {
            try SourceTree.commit(directory: repository.path, revision: nil, cache: cache).packed(cache: cache).digest
        }
        let first = try packed()
        let old = try await repository.git("rev-parse", "HEAD:d/f3").filter { !$0.isWhitespace }
        // Nobody can read this blob any more.
        let path = ".git/objects/\(old.prefix(2))/\(old.dropFirst(2))"
        let size = try repository.scratch.read(path)
        chmod(repository.scratch.path(path), 0o600)
        try repository.scratch.write(path, Array(size.prefix(40)))
        #expect(try packed() == first)
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil).packed() }
                == "archive.damaged-repository"
        )
    }

    enum Harm: CaseIterable {
        case flipInFrame, flipInHead, flipInProof, truncate, empty, append, otherFrame, link, folder, ofAnyone
    }

    @Test(arguments: Harm.allCases)
    func aHarmedFrameNeverGetsIntoAnArchive(harm: Harm) throws {
        let digest = try packed().digest
        let names = try frames()
        for name in names {
            let path = "frames/\(name)"
            var bytes = try home.read(path)
            switch harm {
            case .flipInFrame: bytes[bytes.count / 2 + 64] ^= 1
            case .flipInHead: bytes[20] ^= 1
            case .flipInProof: bytes[90] ^= 1
            case .truncate: bytes.removeLast()
            case .empty: bytes = []
            case .append: bytes.append(0)
            case .otherFrame:
                // A whole frame under the name of another, its head changed to fit: only the proof tells.
                bytes = try home.read("frames/\(names[0])")
                bytes.replaceSubrange(16..<80, with: name.utf8)
            case .link, .folder, .ofAnyone: break
            }
            unlink(home.path(path))
            switch harm {
            case .link:
                try home.write("elsewhere", bytes)
                home.link(path, to: home.path("elsewhere"))
            case .folder: mkdir(home.path(path), 0o700)
            case .ofAnyone:
                try home.write(path, bytes)
                chown(home.path(path), 12_345, 12_345)
            default: try home.write(path, bytes)
            }
        }
        #expect(try packed().digest == digest)
        #expect(try packed().digest == digest)
    }

    @Test func harmedFactsAboutBlobsAreNotBelieved() async throws {
        let repository = try await Repository()
        let cache = PackCache(root: home.path)
        func packed() throws -> Digest {
            try SourceTree.commit(directory: repository.path, revision: nil, cache: cache).packed(cache: cache).digest
        }
        let digest = try packed()
        let whole = try home.read("frames/blobs")
        for position in [0, 20, 60, whole.count - 1] {
            var bytes = whole
            bytes[position] ^= 1
            try home.write("frames/blobs", bytes)
            #expect(try packed() == digest)
            #expect(try home.read("frames/blobs") == whole)
        }
        // Facts that are whole and wrong: the digest of another content, and no frame that could be taken over.
        var records = Array(whole[48...])
        for position in stride(from: 0, to: records.count, by: 64) { records[position + 40] ^= 1 }
        let proof = Digest(of: records).hex
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(proof.dropFirst($0).prefix(2), radix: 16) }
        try home.write("frames/blobs", Array(whole[..<16]) + bytes + records)
        #expect(try packed() == digest)
        #expect(try home.read("frames/blobs") == whole)
    }

    @Test func aHomeThatCannotBeWrittenCostsOnlyTheSpeed() throws {
        let digest = try packed(cached: false).digest
        try home.write("frames", "no folder")
        let packed = try packed()
        #expect(packed.digest == digest)
        #expect(packed.cacheTrouble?.contains("frames") == true)
    }

    @Test func onlyAsMuchIsKeptAsTheLimitLets() throws {
        let digest = try packed(limit: 1_000_000).digest
        #expect(try packed(cached: false).digest == digest)
        let size = try frames().reduce(0) { $0 + (try home.read("frames/\($1)").count) }
        #expect((100_000...1_000_000).contains(size))
    }

    @Test func framesThatWereNotUsedForLongestGoFirst() throws {
        _ = try packed()
        let old = try frames()
        for name in old {
            var times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
            utimensat(AT_FDCWD, home.path("frames/\(name)"), &times, 0)
        }
        try source.write("d/f20", "changed")
        _ = try packed()
        // All but the changed frame were used just now, and that one is in nobody's archive any more.
        let gone = try #require(try frames().first { name in try age(of: name) > 86_400 })
        try source.write("d/f20", "changed again")
        let size = try frames().reduce(Int64(0)) { $0 + Int64(try home.read("frames/\($1)").count) }
        _ = try packed(limit: size)
        #expect(try !frames().contains(gone))
    }

    private func age(of name: String) throws -> Int {
        var status = stat()
        try #require(stat(home.path("frames/\(name)"), &status) == 0)
        return time(nil) - status.st_mtim.tv_sec
    }

    @Test func whatAKilledPackLeftIsSweptAndWhatAnotherWritesIsNot() throws {
        _ = try packed()
        try home.write("frames/frame.1.2.tmp", "left behind")
        try home.write("frames/blobs.123456.7.tmp", "left behind")
        try home.write("frames/frame.1.3.tmp", "being written")
        let writer = open(home.path("frames/frame.1.3.tmp"), O_RDONLY)
        defer { close(writer) }
        try #require(flock(writer, LOCK_EX | LOCK_NB) == 0)
        _ = try packed()
        #expect(try home.names("frames").filter { $0.hasSuffix(".tmp") } == ["frame.1.3.tmp"])
    }

    @Test(arguments: [1, 2, 5])
    func theNumberOfThreadsDoesNotShow(threads: Int) throws {
        let tree = try SourceTree.workingTree(directory: source.path)
        let digest = try tree.packed().digest
        #expect(try tree.packed(threads: threads).digest == digest)
        let cache = PackCache(root: home.path)
        for _ in 1...2 { #expect(try tree.packed(cache: cache, threads: threads).digest == digest) }
    }

    @Test func packsAtTheSameTimeShareACache() async throws {
        let digest = try packed(cached: false).digest
        try await withThrowingTaskGroup(of: Digest.self) { group in
            for _ in 0..<4 { group.addTask { try packed().digest } }
            for try await other in group { #expect(other == digest) }
        }
        #expect(try packed().digest == digest)
    }

    @Test func acrossLevelsNothingIsTakenOver() throws {
        let cache = PackCache(root: home.path)
        let tree = try SourceTree.workingTree(directory: source.path)
        let three = try tree.packed(cache: cache).digest
        #expect(try tree.packed(level: 1, cache: cache).digest == tree.packed(level: 1).digest)
        #expect(try tree.packed(cache: cache).digest == three)
    }
}
