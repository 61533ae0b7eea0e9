import FoundationEssentials
import Glibc
import SheafArchive
import SheafTestSupport
import Testing

/// Opening archives of strangers through the real program: all or nothing, and never for more than it may cost.
@Suite struct SafeOpeningTests {
    private let site: Site
    private var parent: String { site.scratch.path("parent") }

    init() throws {
        site = try Site()
        try FileManager.default.createDirectory(atPath: site.scratch.path("parent"), withIntermediateDirectories: true)
    }

    /// A right archive whose files have so many bytes together.
    private func writeGood(_ name: String = "good.sheaf", bytes: Int = 0) throws -> String {
        var random = SeededRandom(seed: 5)
        var draft = ArchiveDraft(&random)
        let chunk = (0..<100_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for number in 0..<(bytes / chunk.count) { draft.add("files/large/\(number + 1_000)", chunk) }
        let path = site.scratch.path(name)
        try Data(draft.bytes()).write(to: URL(filePath: path))
        return path
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func aStrangersArchiveIsRefusedWithLittleMemoryAndNoTrace() async throws {
        let archives = try HostileArchive.all(seed: 42).filter { $0.limits == .standard }
        let folder = site.scratch.path("hostile")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, archive) in archives.enumerated() {
            try Data(archive.bytes).write(to: URL(filePath: "\(folder)/\(number + 1_000)"))
        }
        try Data("here before".utf8).write(to: URL(filePath: "\(parent)/before"))
        // One process for all of them is measured: the largest of its children.
        let script = """
            import os, resource, subprocess, sys
            sheaf, folder, parent = sys.argv[1:]
            for name in sorted(os.listdir(folder)):
                made = subprocess.run([sheaf, "unpack", folder + "/" + name, parent + "/out"], capture_output=True, timeout=60)
                print(name, made.returncode, made.stderr.decode("utf-8", "replace").split("\\n")[0].split(":")[0], len(os.listdir(parent)))
            print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let made = try await site.run("python3", ["-c", script, "\(Site.built)/sheaf", folder, parent])
        #expect(made.code == 0, "\(made)")
        let lines = made.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.count == archives.count + 1)
        for (archive, line) in zip(archives, lines) {
            try #require(line.count == 4, "\(archive): \(line)")
            #expect(line[1] == "65", "\(archive): \(line)")
            let isRight = archive.code == "archive.*" || line[2] == "error[\(archive.code)]"
            #expect(isRight, "\(archive): \(line)")
            #expect(line[3] == "1", "\(archive) left something: \(line)")
        }
        let peak = Int(lines.last?.last ?? "") ?? .max
        #expect(peak < 256 << 10, "\(peak) KiB")
        #expect(try names(parent) == ["before"])
        #expect(
            try names(site.scratch.path)
                == ["bundle", "home", "hostile", "parent"].filter(names(site.scratch.path).contains)
        )
    }

    @Test func bombsAreRefusedWithinBoundedMemory() async throws {
        var random = SeededRandom(seed: 1)
        var bombs: [(String, String, ArchiveDraft)] = []
        var numbers = ArchiveDraft(&random)
        numbers.head = { $0[0].content = Array("[\(String(repeating: "0,", count: 20 << 20))0]".utf8) }
        bombs.append(("metadata-too-complex", "40 MiB of numbers", numbers))
        var zeros = ArchiveDraft(&random)
        zeros.add("files/zeros", [UInt8](repeating: 0, count: 320 << 20))
        bombs.append(("ratio-too-high", "320 MiB of zeros", zeros))
        for (code, name, draft) in bombs {
            let path = site.scratch.path("bomb.sheaf")
            try Data(draft.bytes()).write(to: URL(filePath: path))
            let script = """
                import resource, subprocess, sys
                made = subprocess.run(sys.argv[1:], capture_output=True, timeout=300)
                sys.stderr.write(made.stderr.decode())
                print(made.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
                """
            let made = try await site.run(
                "python3",
                ["-c", script, "\(Site.built)/sheaf", "unpack", path, "\(parent)/out"]
            )
            let numbers = made.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            #expect(numbers.first == 65, "\(name): \(made)")
            #expect(made.errors.contains("error[archive.\(code)]"), "\(name): \(made)")
            #expect((numbers.last ?? .max) < 400 << 10, "\(name): \(made.output) KiB")
            #expect(try names(parent) == [], "\(name)")
        }
    }

    @Test func aLimitIsNamedAndCanBeRaisedForEveryCommand() async throws {
        try Scenario().write(.one, to: site)
        try site.write("a/b/c/d/e/f/deep.txt", "x")
        try await site.commit()
        let archive = site.scratch.path("trial.sheaf")
        #expect(try await site.sheaf("pack", site.bundle, "-o", archive).code == 0)
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: true)
        func configure(_ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(site.home)/config.yaml"))
        }
        try configure("archiveLimits:\n  pathDepth: 6\n")
        let commands = [
            ["inspect", archive], ["verify", archive], ["plan", archive], ["apply", archive], ["resolve", archive],
            ["graph", archive], ["unpack", archive, "\(parent)/out"],
        ]
        for command in commands {
            let refused = try await site.run("\(Site.built)/sheaf", command)
            #expect(refused.code == 65, "\(command): \(refused)")
            #expect(refused.errors.contains("error[archive.path-too-deep]"), "\(command): \(refused)")
            #expect(refused.errors.contains("7 parts, and the limit pathDepth is 6"), "\(command): \(refused)")
            #expect(refused.errors.contains("archiveLimits.pathDepth"), "\(command): \(refused)")
        }
        #expect(try names(parent) == [])
        try configure("archiveLimits:\n  pathDepth: 7\n  totalBytes: 1MiB\n")
        for command in commands where command[0] != "apply" {
            let opened = try await site.run("\(Site.built)/sheaf", command)
            #expect(opened.code == 0, "\(command): \(opened)")
        }
        try configure("archiveLimits:\n  totalBytes: 1MB\n")
        let broken = try await site.sheaf("inspect", archive)
        #expect(broken.code == 65 && broken.errors.contains("config.wrong-type"), "\(broken)")
        #expect(broken.errors.contains("config.yaml:2"), "\(broken)")
    }

    @Test func onlyAnEmptyDirectoryIsUnpackedInto() async throws {
        let archive = try writeGood()
        try FileManager.default.createDirectory(atPath: "\(parent)/full", withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: "\(parent)/full/mine"))
        try FileManager.default.createDirectory(atPath: "\(parent)/empty", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(parent)/to-full", withDestinationPath: "full")
        try FileManager.default.createSymbolicLink(atPath: "\(parent)/to-empty", withDestinationPath: "empty")
        try FileManager.default.createSymbolicLink(atPath: "\(parent)/to-nothing", withDestinationPath: "nothing")
        let before = try names(parent)
        for target in ["full", "full/mine", "to-full", "to-nothing"] {
            let refused = try await site.sheaf("unpack", archive, "\(parent)/\(target)")
            #expect(refused.code == 1, "\(target): \(refused)")
            #expect(try names(parent) == before && names("\(parent)/full") == ["mine"], "\(target)")
        }
        // A link to an empty directory stays a link.
        let through = try await site.sheaf("unpack", archive, "\(parent)/to-empty")
        #expect(through.code == 0, "\(through)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(parent)/to-empty") == "empty")
        #expect(try !names("\(parent)/empty").isEmpty)
        #expect(try names(parent) == before)
        // A name of 250 bytes leaves no room for a temporary one made of it.
        let long = String(repeating: "n", count: 250)
        #expect(try await site.sheaf("unpack", archive, "\(parent)/\(long)").code == 0)
    }

    @Test(.enabled(if: getuid() == 0, "another user can be switched to"))
    func aParentThatCannotBeWrittenStaysAsItIs() async throws {
        let archive = try writeGood()
        let script = """
            chmod 755 '\(site.scratch.path)' '\(parent)'
            cd /; SHEAF_HOME=/tmp/nowhere-$$ exec setpriv --reuid=65534 --regid=65534 --clear-groups \
                '\(Site.built)/sheaf' unpack '\(archive)' '\(parent)/out'
            """
        let result = try await site.run("sh", ["-c", script])
        #expect(result.code == 1, "\(result)")
        #expect(result.errors.contains("error[archive.cannot-write]"), "\(result)")
        #expect(try names(parent) == [])
    }

    @Test(.enabled(if: Engines.canMount, "a small file system can be mounted"))
    func aFullDiskLeavesNothing() async throws {
        let archive = try writeGood(bytes: 4_000_000)
        let script = """
            mount -t tmpfs -o size=2m tmpfs '\(parent)' || exit 99
            '\(Site.built)/sheaf' unpack '\(archive)' '\(parent)/out'; code=$?
            find '\(parent)' -mindepth 1
            exit $code
            """
        let result = try await site.run("unshare", ["-m", "sh", "-c", script])
        try #require(result.code != 99, "the file system cannot be mounted: \(result)")
        #expect(result.code == 1, "\(result)")
        #expect(result.errors.contains("error[archive.no-space]"), "\(result)")
        #expect(result.output == "", "\(result)")
    }
}
