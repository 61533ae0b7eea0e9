import CLinux
import FoundationEssentials
import Glibc
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// Copies of folders: whole, faithful, and never outside of the folder.
@Suite struct TreeCopyTests {
    private let scratch: ScratchDirectory
    private var source: String { scratch.path("source") }
    private var copy: String { scratch.path("copy") }

    init() throws {
        scratch = try ScratchDirectory("tree")
        let folder = scratch.path("source/deep/er")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(source)/\(name)"))
    }

    private func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(lstat(path, &status) == 0, "\(path)")
        return status
    }

    @discardableResult
    private func run(limit: Int64? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }) throws
        -> SnapshotContent
    {
        try TreeCopy.copy(from: source, to: copy, limit: limit, isCancelled: isCancelled)
    }

    @Test func contentModesAndTimesAreTheSame() throws {
        try write("a", "one")
        try write("deep/er/b", "three")
        try #require(chmod("\(source)/a", 0o4750) == 0)
        try #require(chmod("\(source)/deep", 0o2770) == 0)
        let times = [timespec(tv_sec: 1_000, tv_nsec: 5), timespec(tv_sec: 2_000, tv_nsec: 7)]
        for name in ["a", "deep"] { try #require(utimensat(AT_FDCWD, "\(source)/\(name)", times, 0) == 0) }
        let content = try run()
        #expect(content.files == 2)
        #expect(content.bytes == 8)
        #expect(content.unsettled == 0)
        #expect(TextFile.read("\(copy)/a") == "one")
        #expect(TextFile.read("\(copy)/deep/er/b") == "three")
        for name in ["a", "deep", ""] {
            let (old, new) = (try status("\(source)/\(name)"), try status("\(copy)/\(name)"))
            #expect(old.st_mode == new.st_mode, "\(name)")
            #expect(old.st_mtim.tv_sec == new.st_mtim.tv_sec && old.st_mtim.tv_nsec == new.st_mtim.tv_nsec, "\(name)")
            #expect(old.st_uid == new.st_uid && old.st_gid == new.st_gid, "\(name)")
        }
    }

    @Test func linksAreCopiedAsLinksWhereverTheyLead() throws {
        try FileManager.default.createDirectory(atPath: scratch.path("outside"), withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(filePath: scratch.path("outside/file")))
        for (name, target) in [("out", "../outside"), ("nowhere", "/does/not/exist"), ("deep/self", ".")] {
            try #require(symlink(target, "\(source)/\(name)") == 0)
        }
        let content = try run()
        #expect(content.files == 0)
        let manager = FileManager.default
        #expect(try manager.destinationOfSymbolicLink(atPath: "\(copy)/out") == "../outside")
        #expect(try manager.destinationOfSymbolicLink(atPath: "\(copy)/nowhere") == "/does/not/exist")
        #expect(try manager.destinationOfSymbolicLink(atPath: "\(copy)/deep/self") == ".")
    }

    @Test func hardLinksStayLinkedAndCountOnce() throws {
        try write("deep/one", "shared")
        try #require(link("\(source)/deep/one", "\(source)/two") == 0)
        let content = try run()
        #expect(content.files == 2)
        #expect(content.bytes == 6)
        let (one, two) = (try status("\(copy)/deep/one"), try status("\(copy)/two"))
        #expect(one.st_ino == two.st_ino)
        #expect(try status("\(source)/two").st_ino != two.st_ino)
    }

    @Test func holesStayHoles() throws {
        try write("sparse", "begin")
        let size: Int64 = 64 << 20
        try #require(truncate("\(source)/sparse", off_t(size)) == 0)
        let content = try run(limit: 1 << 20)
        #expect(content.bytes == size)
        let copied = try status("\(copy)/sparse")
        #expect(Int64(copied.st_size) == size)
        #expect(copied.st_blocks * 512 < 1 << 20)
        #expect(try Data(contentsOf: URL(filePath: "\(copy)/sparse")).prefix(5) == Data("begin".utf8))
    }

    @Test func attributesOfTheOwnerAreKept() throws {
        try write("a", "one")
        let value = Array("yes".utf8)
        try #require(setxattr("\(source)/a", "user.sheaf", value, value.count, 0) == 0)
        try run()
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = getxattr("\(copy)/a", "user.sheaf", &buffer, buffer.count)
        #expect(count == 3 && Array(buffer.prefix(3)) == value)
    }

    @Test func pipesAreMadeAnewAndSocketsLeftOut() throws {
        try #require(mkfifo("\(source)/pipe", 0o620) == 0)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(source)/socket".utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        try run()
        let pipe = try status("\(copy)/pipe")
        #expect(pipe.st_mode & S_IFMT == S_IFIFO)
        #expect(try status("\(source)/pipe").st_mode == pipe.st_mode)
        #expect(!FileManager.default.fileExists(atPath: "\(copy)/socket"))
    }

    @Test(.enabled(if: getuid() == 0, "only root can make a device"))
    func aDeviceIsRefusedByName() throws {
        try #require(mknod("\(source)/null", S_IFCHR | 0o600, 259) == 0)
        #expect(throws: TreeCopyError.unusual(path: "\(source)/null", what: "a device")) { try run() }
    }

    @Test func moreThanTheLimitIsRefusedBeforeAnythingIsWritten() throws {
        try write("a", String(repeating: "x", count: 100_000))
        #expect(throws: TreeCopyError.tooLarge(bytes: 100_000, limit: 99_999)) { try run(limit: 99_999) }
        #expect(try status("\(copy)/a").st_size == 0)
    }

    @Test func aFileThatChangesEachTimeItIsCopiedIsUnsettled() throws {
        try write("log", String(repeating: "x", count: 5_000))
        let path = "\(source)/log"
        let content = try run {
            // Is asked for each name before it is looked at, and for each piece behind that.
            let handle = fopen(path, "a")
            fputs("more\n", handle)
            fclose(handle)
            return false
        }
        #expect(content.unsettled == 1)
        #expect(TextFile.read("\(copy)/log")?.hasPrefix("xxxxx") == true)
    }

    @Test func whatVanishesMeanwhileIsLeftOut() throws {
        try write("a", "one")
        let path = "\(source)/a"
        let content = try run {
            unlink(path)
            return false
        }
        #expect(content.files == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(copy)/a"))
    }

    @Test func anInterruptionEndsTheCopy() throws {
        try write("a", "one")
        #expect(throws: CancellationError.self) { try run { true } }
    }

    @Test func namesThatAreNoTextAreCopied() throws {
        let name = Array("\(source)/".utf8).map(CChar.init(bitPattern:)) + [-1, -2, 0]
        let descriptor = creat(name, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        #expect(try run().files == 1)
        let copied = Array("\(copy)/".utf8).map(CChar.init(bitPattern:)) + [-1, -2, 0]
        #expect(access(copied, F_OK) == 0)
    }

    @Test func aLinkIsNoFolderToCopy() throws {
        try #require(symlink(source, scratch.path("link")) == 0)
        #expect(throws: TreeCopyError.self) {
            try TreeCopy.copy(from: scratch.path("link"), to: copy, limit: nil)
        }
    }
}
