import FoundationEssentials
import SheafArchive
import SheafTestSupport
import Testing

/// Kills `sheaf unpack` with SIGKILL at random times, again and again into the same folder.
@Suite struct UnpackCrashTests {
    /// How many kills are made: 40, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = Torture.rounds(40)
    private static let longest = 250

    @Test func anUnpackThatIsKilledLeavesAllOrNothingAndTheNextSweeps() async throws {
        let site = try Site()
        let parent = site.scratch.path("parent")
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        // What others have there, such as a folder with a similar name, stays.
        try FileManager.default.createDirectory(
            atPath: "\(parent)/.sheaf-unpack.tmp",
            withIntermediateDirectories: true
        )
        var random = SeededRandom(seed: 3)
        var draft = ArchiveDraft(&random)
        for number in 0..<1_500 { draft.add("files/e/\(number % 40)/\(number)", Array("file \(number)\n".utf8)) }
        let archive = site.scratch.path("a.sheaf")
        try Data(draft.bytes()).write(to: URL(filePath: archive))
        var numbers = Torture.numbers(6)
        for round in 1...Self.rounds {
            let milliseconds = Int.random(in: 1...Self.longest, using: &numbers)
            _ = try await site.run(
                "timeout",
                [
                    "--signal=KILL", "0.\(String(milliseconds + 1000).dropFirst())", "\(Site.built)/sheaf", "unpack",
                    archive, "\(parent)/out",
                ]
            )
            let names = try FileManager.default.contentsOfDirectory(atPath: parent).sorted()
            let staged = names.filter { $0.hasPrefix(".sheaf-unpack.") && $0 != ".sheaf-unpack.tmp" }
            // One at most: each run sweeps what the one before left.
            #expect(staged.count <= 1, "round \(round): \(names)")
            #expect(
                Set(names).subtracting(staged).subtracting(["out"]) == [".sheaf-unpack.tmp"],
                "round \(round): \(names)"
            )
            if names.contains("out") {
                let found = try FileManager.default.subpathsOfDirectory(atPath: "\(parent)/out").count
                #expect(found >= draft.rows.count, "round \(round)")
                try FileManager.default.removeItem(atPath: "\(parent)/out")
            }
        }
        let last = try await site.sheaf("unpack", archive, "\(parent)/out")
        #expect(last.code == 0, "\(last)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent).sorted() == [".sheaf-unpack.tmp", "out"])
    }

    /// Before the folder gets its name there is no folder, and afterwards it is whole.
    @Test func theFolderIsThereFromOneMomentToTheNext() async throws {
        let site = try Site()
        let parent = site.scratch.path("parent")
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        var random = SeededRandom(seed: 3)
        var draft = ArchiveDraft(&random)
        for number in 0..<50 { draft.add("files/e/\(number % 4)/\(number)", Array("file \(number)\n".utf8)) }
        let archive = site.scratch.path("a.sheaf")
        try Data(draft.bytes()).write(to: URL(filePath: archive))
        let moments = try await Kill.moments(of: ["unpack", archive, site.scratch.path("counted")], on: site)
        try #require(moments >= 2)
        let whole = try FileManager.default.subpathsOfDirectory(atPath: site.scratch.path("counted")).sorted()
        var outcomes: [[String]] = []
        for moment in 1...moments {
            let arguments = ["unpack", archive, "\(parent)/out"]
            let killed = try await site.run("\(Site.built)/sheaf", arguments, environment: Kill.at(moment))
            #expect(killed.code == Kill.code, "\(moment): \(killed)")
            let names = try FileManager.default.contentsOfDirectory(atPath: parent)
            outcomes.append(names.map { $0.hasPrefix(".sheaf-unpack.") ? "staged" : $0 })
            if names.contains("out") {
                #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(parent)/out").sorted() == whole)
                try FileManager.default.removeItem(atPath: "\(parent)/out")
            } else {
                let next = try await site.sheaf("unpack", archive, "\(parent)/out")
                #expect(next.code == 0, "\(moment): \(next)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["out"], "\(moment)")
                try FileManager.default.removeItem(atPath: "\(parent)/out")
            }
        }
        #expect(outcomes.contains(["staged"]) && outcomes.contains(["out"]), "\(outcomes)")
    }

    @Test func anUnpackThatRunsIsNotSwept() async throws {
        let site = try Site()
        let parent = site.scratch.path("parent")
        let staged = "\(parent)/.sheaf-unpack.1234.5678.tmp"
        try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(filePath: "\(staged)/file"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(parent)/.sheaf-unpack.1.2.tmp",
            withDestinationPath: site.scratch.path("precious")
        )
        try FileManager.default.createDirectory(
            atPath: site.scratch.path("precious"),
            withIntermediateDirectories: true
        )
        try Data("x".utf8).write(to: URL(filePath: site.scratch.path("precious/file")))
        var random = SeededRandom(seed: 3)
        let archive = site.scratch.path("a.sheaf")
        try Data(ArchiveDraft(&random).bytes()).write(to: URL(filePath: archive))
        let sheaf = "\(Site.built)/sheaf"
        let locked = try await site.run("flock", [staged, sheaf, "unpack", archive, "\(parent)/one"])
        #expect(locked.code == 0, "\(locked)")
        #expect(FileManager.default.fileExists(atPath: "\(staged)/file"))
        let free = try await site.sheaf("unpack", archive, "\(parent)/two")
        #expect(free.code == 0, "\(free)")
        #expect(!FileManager.default.fileExists(atPath: staged))
        // A link is not followed.
        #expect(FileManager.default.fileExists(atPath: site.scratch.path("precious/file")))
    }
}
