import FoundationEssentials
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// `sheaf gc` through the real program.
@Suite struct GarbageTests {
    private let site: Site

    init() throws { site = try Site() }

    private func apply(_ version: Int) async throws {
        try FileBundle.write(version, to: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
    }

    @Test func everyRevisionCanBeGoneBackToAfterACollection() async throws {
        defer { site.end() }
        for version in 1...3 { try await apply(version) }
        try await CrashOperation.succeed(site, ["delete", FileBundle.name])
        let needed = try site.blobs()
        let orphan = Digest(of: Array("orphan".utf8))
        try site.litter("blobs/sha256/\(orphan.hex)", "orphan")
        try site.litter("blobs/sha256/\(orphan.hex).12.34.tmp", "orp")
        try site.litter("blobs/sha256/README", "mine")

        let table = try await site.sheaf("gc", "--dry-run")
        #expect(table.code == 0 && table.output.contains("WOULD REMOVE"), "\(table)")
        #expect(table.output.contains(orphan.hex) && table.output.contains("would free"), "\(table)")
        #expect(table.errors.contains("left alone, because it is not Sheaf's: blobs/sha256/README"), "\(table)")
        #expect(try site.blobs().count == needed.count + 1)
        var dry = try await site.collect("--dry-run")
        #expect(dry.dryRun)
        let real = try await site.collect()
        dry.dryRun = false
        #expect(real == dry)
        let folder = "blobs/sha256/\(orphan.hex)"
        #expect(Set(real.removed.map(\.path)) == [folder, "\(folder).12.34.tmp"])
        #expect(real.foreign == ["blobs/sha256/README"])
        #expect(real.missing == [])
        #expect(try site.blobs() == needed)

        let next = try await site.sheaf("gc")
        #expect(next.code == 0 && next.output.hasPrefix("nothing to remove"), "\(next)")
        try await site.expectEverythingRestorable(FileBundle.name, "after gc")
    }

    @Test func anApplyThatWasRefusedLeavesGarbageOnlyUntilTheNextCollection() async throws {
        defer { site.end() }
        try await apply(1)
        let needed = try site.blobs()
        // A database that cannot be written any more: content is kept, no revision is recorded.
        try FileBundle.write(2, to: site)
        let blocked = "CREATE TRIGGER no BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'no'); END"
        let python = "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
        let database = "\(site.home)/state.db"
        #expect(try await site.run("python3", ["-c", python, database, blocked]).code == 0)
        let failed = try await site.sheaf("apply", site.bundle)
        #expect(failed.code == 1, "\(failed)")
        #expect(try site.blobs().count > needed.count)
        let report = try await site.collect()
        #expect(report.removed.count == 5, "three files, the resolved bundle and the archive: \(report)")
        #expect(try site.blobs() == needed)
        #expect(try await site.run("python3", ["-c", python, database, "DROP TRIGGER no"]).code == 0)
        try await apply(2)
        try await site.expectEverythingRestorable(FileBundle.name, "after the refusal")
    }

    @Test func aStoreThatIsNotUnderstoodLosesNothing() async throws {
        defer { site.end() }
        try await apply(1)
        try site.litter("blobs/sha256/\(Digest(of: Array("orphan".utf8)).hex)", "orphan")
        let before = try site.blobs()
        let database = URL(filePath: "\(site.home)/state.db")
        let whole = try Data(contentsOf: database)
        let garbage = Data(repeating: 7, count: 8192)
        for (bytes, code) in [(garbage, "store.damaged"), (nil, "archive.content-unaccounted")] {
            if let bytes { try bytes.write(to: database) } else { try FileManager.default.removeItem(at: database) }
            for options in [["gc"], ["gc", "--dry-run"], ["gc", "--frames"]] {
                let result = try await site.run("\(Site.built)/sheaf", options)
                #expect(result.code == 1 && result.errors.contains(code), "\(options): \(result)")
                #expect(try site.blobs() == before)
            }
        }
        try whole.write(to: database)
        #expect(try await site.collect().removed.count == 1)
    }

    @Test func whoCannotHaveTheStoreIsToldWhoHasIt() async throws {
        defer { site.end() }
        try await apply(1)
        let hold = try FileLock.wait(for: "\(site.home)/blobs/lock", isShared: true)
        let busy = try await site.sheaf("gc")
        #expect(busy.code == 75, "\(busy)")
        #expect(busy.errors.contains("archive.content-busy") && busy.errors.contains("--wait"), "\(busy)")
        #expect(busy.errors.contains("process \(ProcessIdentity.current.pid)"), "\(busy)")
        // Others who keep content do not mind.
        try await apply(2)
        hold.release()
        try await CrashOperation.succeed(site, ["gc", "--wait"])
    }

    @Test func recordsOfImagesGoWithTheRevisionsThatLeadToThem() async throws {
        defer { site.end() }
        let old = Set((1...3).map { "images/filespace/workflow/old/\($0)" })
        let job = "images/filespace/workflow/job"
        for version in 1...3 {
            try site.write("bundle.yaml", Self.job(version))
            try await CrashOperation.succeed(site, ["apply", site.bundle])
            // As a container would have left it.
            try site.litter("\(job)/\(version)", "sheaf-images 1\n")
        }
        for path in old { try site.litter(path, "sheaf-images 1\n") }
        #expect(Set(try await site.collect("--dry-run").removed.map(\.path)) == old)
        let report = try await site.collect()
        #expect(Set(report.removed.map(\.path)) == old, "\(report)")
        #expect(report.removed.allSatisfy { $0.kind == "images" })
        #expect(try await site.collect().removed == [])
        // Two revisions stay: the live one, and the one that a rollback restores.
        #expect(try await site.collect("--keep", "1", "--dry-run").removed.map(\.path).contains("\(job)/1"))
        let shortened = try await site.collect("--keep", "1").removed.map(\.path)
        #expect(shortened.filter { $0.hasPrefix(job) } == ["\(job)/1"])
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(site.home)/images")
        #expect(Set(names.filter { $0.hasSuffix("2") || $0.hasSuffix("3") }).count == 2, "\(names)")
    }

    /// A bundle with one job that does nothing.
    private static func job(_ version: Int) -> String {
        """
        name: \(FileBundle.name)
        version: v1beta
        type: bundle
        bundle:
          workspaces:
            - name: filespace
              layer: user
          resources:
            - id: job
              workspace: filespace
              spec:
                name: job
                version: v1
                type: workflow
                workflow:
                  dag:
                    - name: only
                      spec:
                        stack: container
                        compute: runnable-default
                        envs: {VERSION: '\(version)'}
                        stackSpec: {command: [/bin/true]}

        """
    }

    @Test func framesGoWhenAskedFor() async throws {
        defer { site.end() }
        try FileBundle.write(1, to: site)
        try await site.commit(tag: "v1.0.0")
        let one = site.scratch.path("one.sheaf"), two = site.scratch.path("two.sheaf")
        try await CrashOperation.succeed(site, ["pack", site.bundle, "-o", one])
        #expect(try await site.collect().removed == [])
        let report = try await site.collect("--frames")
        #expect(!report.removed.isEmpty && report.removed.allSatisfy { $0.kind == "frame" }, "\(report)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/frames") == [])
        try await CrashOperation.succeed(site, ["pack", site.bundle, "-o", two])
        #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: two)))
    }
}
