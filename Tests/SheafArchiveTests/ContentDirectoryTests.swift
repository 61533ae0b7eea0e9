import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct ContentDirectoryTests {
    private let scratch: Scratch
    private let store: ContentDirectory

    init() throws {
        scratch = try Scratch()
        store = ContentDirectory(root: scratch.path("state/home"))
    }

    @Test func givesBackWhatItKeeps() throws {
        let digest = try store.keep(Array("hello".utf8))
        #expect(try store.content(digest) == Array("hello".utf8))
        #expect(try store.keep(Array("hello".utf8)) == digest)
        let path = try #require(store.path(of: digest))
        #expect(path.hasSuffix("/blobs/sha256/\(digest.hex)"))
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        #expect(try scratch.names("state/home/blobs/sha256") == [digest.hex])
    }

    @Test func tellsAbsenceFromDamage() throws {
        let missing = Digest(of: Array("missing".utf8))
        #expect(code { _ = try store.content(missing) } == "archive.content-missing")
        #expect(store.path(of: missing) == nil)
        let digest = try store.keep(Array("hello".utf8))
        let path = try #require(store.path(of: digest))
        try Data("hullo".utf8).write(to: URL(filePath: path))
        #expect(code { _ = try store.content(digest) } == "archive.content-damaged")
        #expect(store.path(of: digest) != nil)
        try store.keep(Array("hello".utf8))
        #expect(try store.content(digest) == Array("hello".utf8))
    }

    @Test func keepsArchives() throws {
        try scratch.write("in/bundle.yaml", "b")
        let packed = try SourceTree.workingTree(directory: scratch.path("in")).packed()
        let digest = try packed.keep(in: store)
        let path = try #require(store.path(of: digest))
        #expect(try Archive.open(path).digest == digest)
    }

    /// Whether this process may mount a file system, tried once.
    private static let canMount: Bool = {
        guard let scratch = try? Scratch(), mount("tmpfs", scratch.path, "tmpfs", 0, "size=64k") == 0 else {
            return false
        }
        return umount(scratch.path) == 0
    }()

    @Test(.enabled(if: ContentDirectoryTests.canMount, "needs the right to mount a small disk"))
    func aFullDiskLeavesNothingBehind() throws {
        let place = scratch.path("small")
        mkdir(place, 0o755)
        try #require(mount("tmpfs", place, "tmpfs", 0, "size=64k") == 0)
        defer { umount(place) }
        let full = ContentDirectory(root: place)
        #expect(code { try full.keep([UInt8](repeating: 7, count: 1 << 20)) } == "archive.no-space")
        #expect(try scratch.names("small/blobs/sha256").isEmpty)
        try scratch.write("in/a", (0..<200_000).map { _ in UInt8.random(in: 0...255) })
        let source = try SourceTree.workingTree(directory: scratch.path("in"))
        #expect(
            code {
                _ = try Packer(scratch: place).pack(source, bundle: emptyBundle, version: "1.0.0", commitTime: 0)
            } == "archive.no-space"
        )
        try source.packed().write(to: scratch.path("a.sheaf"))
        let archive = try Archive.open(scratch.path("a.sheaf"))
        #expect(code { try archive.unpack(into: "\(place)/out") } == "archive.no-space")
        #expect(try scratch.names("small") == ["blobs"])
    }
}
