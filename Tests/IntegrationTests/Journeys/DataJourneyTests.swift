import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// Data of volumes: copied before changes, put back by a rollback, kept by a delete.
@Suite struct DataJourneyTests {
    private let site: Site
    private let scenario: DataScenario

    init() throws {
        site = try Site()
        scenario = try DataScenario()
    }

    private func apply(_ text: String) async throws {
        try scenario.write(text, to: site)
        let result = try await site.sheaf("apply", site.bundle)
        try #require(result.code == 0, "\(result.errors)")
    }

    private func page() async throws -> String {
        try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/file"]).output
    }

    @Test func aRollbackWithDataGivesTheBytesBackAndForward() async throws {
        defer { site.end() }
        try await apply("good")
        #expect(try await page() == "good\n")
        try await apply("spoilt")
        #expect(try await page() == "spoilt\n")
        let preview = try await site.sheaf("rollback", DataScenario.name, "--with-data", "--dry-run")
        #expect(preview.output.contains("its data becomes what it was before revision 2"), "\(preview)")
        let back = try await site.sheaf("rollback", DataScenario.name, "--with-data")
        #expect(back.code == 0, "\(back.errors)")
        #expect(DataScenario.data(site) == "good\n")
        #expect(try await page() == "good\n")
        let records = try await SnapshotRecord.all(site)
        #expect(records.map(\.beforeRevision) == [3, 2])
        #expect(records.map(\.method).first == "moved")
        #expect(TextFile.read("\(records[0].location)/out/file") == "spoilt\n")
        #expect(records[1].files == 1 && records[1].bytes == 5)
        let forward = try await site.sheaf("rollback", DataScenario.name, "--to", "2", "--with-data")
        #expect(forward.code == 0, "\(forward.errors)")
        #expect(try await page() == "spoilt\n")
        let status = try await site.status(of: DataScenario.name)
        #expect(status["service:web:books"]?.runtime == "running:1")
        #expect(status["worker:reader:books"]?.generation == 4)
    }

    @Test func aFailedUpgradeSaysHowToGetTheDataBack() async throws {
        defer { site.end() }
        try await apply("good")
        try scenario.write("spoilt", to: site, more: [scenario.failing])
        let failed = try await site.sheaf("apply", site.bundle)
        #expect(failed.code == 3, "\(failed)")
        #expect(DataScenario.data(site) == "spoilt\n")
        let advice = "sheaf rollback ledger --to 1 --with-data"
        #expect(failed.errors.contains(advice), "\(failed.errors)")
        let back = try await site.sheaf("rollback", "ledger", "--to", "1", "--with-data")
        #expect(back.code == 0, "\(back.errors)")
        #expect(try await page() == "good\n")
    }

    @Test func aRollbackThatFailsGivesThePresentDataBack() async throws {
        defer { site.end() }
        let gate = site.scratch.path("gate")
        try Data().write(to: URL(filePath: gate))
        for text in ["good", "spoilt"] {
            try scenario.write(text, to: site, more: [scenario.gate(gate, text)])
            let applied = try await site.sheaf("apply", site.bundle)
            try #require(applied.code == 0, "\(applied.errors)")
        }
        try FileManager.default.removeItem(atPath: gate)
        let failed = try await site.sheaf("rollback", DataScenario.name, "--with-data")
        #expect(failed.code == 3, "\(failed)")
        #expect(DataScenario.data(site) == "spoilt\n")
        #expect(try await page() == "spoilt\n")
        #expect(try await SnapshotRecord.all(site).map(\.beforeRevision) == [2])
    }

    @Test func withoutACopyARollbackWithDataIsRefused() async throws {
        defer { site.end() }
        for text in ["good", "spoilt"] {
            try scenario.write(text, properties: ["sheaf.dev/snapshot: never"], to: site)
            try #require(try await site.sheaf("apply", site.bundle).code == 0)
        }
        let refused = try await site.sheaf("rollback", DataScenario.name, "--with-data")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("engine.no-snapshot"), "\(refused.errors)")
        #expect(refused.errors.contains("volume:data:books"))
        #expect(try await page() == "spoilt\n")
    }

    @Test func aDeleteKeepsTheDataAndSaysWhere() async throws {
        defer { site.end() }
        try await apply("good")
        let kept = try await site.sheaf("delete", DataScenario.name)
        #expect(kept.code == 0)
        #expect(kept.errors.contains("\(site.home)/volumes/books/data"), "\(kept.errors)")
        #expect(DataScenario.data(site) == "good\n")
        #expect(try await SnapshotRecord.all(site).map(\.beforeRevision) == [2])
        try #require(try await site.sheaf("rollback", DataScenario.name).code == 0)
        let erased = try await site.sheaf("delete", DataScenario.name, "--delete-data")
        #expect(erased.code == 0 && !erased.errors.contains("kept in"), "\(erased.errors)")
        #expect(try await SnapshotRecord.all(site).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/volumes").isEmpty)
    }

    @Test func whatAHistoryForgetsLosesItsCopies() async throws {
        defer { site.end() }
        for text in ["one", "two", "three", "four"] { try await apply(text) }
        let folder = "volumes/.snapshots/\(DataScenario.name)/2/books/data"
        let preview = try await site.sheaf("gc", "--keep", "2", "--dry-run")
        #expect(preview.code == 0 && preview.output.contains(folder), "\(preview)")
        #expect(try await SnapshotRecord.all(site).map(\.beforeRevision) == [4, 3, 2])
        let removed = try await site.sheaf("gc", "--keep", "2")
        #expect(removed.code == 0 && removed.output.contains(folder), "\(removed)")
        #expect(try await SnapshotRecord.all(site).map(\.beforeRevision) == [4, 3])
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/\(folder)"))
        #expect(try await site.sheaf("history", "--verify").code == 0)
        #expect(try await site.sheaf("rollback", DataScenario.name, "--with-data").code == 0)
        #expect(try await page() == "three\n")
    }

    @Test(arguments: [
        (["sheaf.dev/snapshot: before-changes"], "did you mean 'before-change'?"),
        (["sheaf.dev/snapshots: always"], "did you mean 'sheaf.dev/snapshot'?"),
        (["sheaf.dev/snapshot: always", "sheaf.dev/snapshot-limit: much"], "write it as 500MiB or 5GiB"),
        (["sheaf.dev/snapshot-volumes: {date: always}"], "did you mean 'data'?"),
    ])
    func whatMakesNoSenseIsRefusedWithAGuess(properties: [String], guess: String) async throws {
        try scenario.write("good", properties: properties, to: site)
        let result = try await site.sheaf("validate", site.bundle)
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains(guess), "\(result.errors)")
    }

    @Test(.enabled(if: Engines.canMount, "a small file system can be mounted"))
    func aFullDiskRefusesTheChangeAndLeavesNothing() async throws {
        defer { site.end() }
        try FileManager.default.createDirectory(atPath: "\(site.home)/volumes", withIntermediateDirectories: true)
        let mounted = try await site.run(
            "mount",
            ["-t", "tmpfs", "-o", "size=256k", "none", "\(site.home)/volumes"]
        )
        try #require(mounted.code == 0, "\(mounted.errors)")
        do {
            try await apply("good")
            try Data(repeating: 7, count: 150_000).write(to: URL(filePath: "\(site.home)/volumes/books/data/large"))
            try scenario.write("spoilt", to: site)
            let refused = try await site.sheaf("apply", site.bundle)
            #expect(refused.code == 1, "\(refused)")
            #expect(refused.errors.contains("executor.snapshot-refused"), "\(refused.errors)")
            #expect(refused.errors.contains("sheaf gc"), "\(refused.errors)")
            #expect(try await page() == "good\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/volumes") == ["books"])
        } catch {
            try await unmount()
            throw error
        }
        try await unmount()
    }

    private func unmount() async throws {
        site.end()
        _ = try await site.run("umount", ["-l", "\(site.home)/volumes"])
    }

    @Test(.enabled(if: getuid() == 0, "only root can become somebody else"))
    func aFileThatCannotBeReadRefusesTheChangeByName() async throws {
        defer { site.end() }
        let scenario = try DataScenario(serves: false)
        try scenario.write("good", to: site)
        try await asNobody(["chown", "-R", "65534", site.scratch.path], isRoot: true)
        let first = try await asNobody(["\(Site.built)/sheaf", "apply", site.bundle])
        try #require(first.code == 0, "\(first.errors)")
        let out = "\(site.home)/volumes/books/data/out"
        // A folder that its owner may not change must be removed with half a copy nevertheless.
        try await asNobody(["sh", "-c", "cd \(out) && mkdir a && echo x > a/b && chmod 555 a"])
        try await asNobody(["sh", "-c", "cd \(out) && echo x > secret && chmod 0 secret"])
        try scenario.write("spoilt", to: site)
        let refused = try await asNobody(["\(Site.built)/sheaf", "apply", site.bundle])
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.errors.contains("out/secret: Permission denied"), "\(refused.errors)")
        #expect(DataScenario.data(site) == "good\n")
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/volumes/.snapshots"))
    }

    @discardableResult
    private func asNobody(_ command: [String], isRoot: Bool = false) async throws -> Site.Result {
        let prefix = isRoot ? [] : ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        let words = prefix + command
        return try await site.run(words[0], Array(words.dropFirst()))
    }
}
