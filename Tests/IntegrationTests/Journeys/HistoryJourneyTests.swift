import FoundationEssentials
import SheafTestSupport
import Testing

/// `sheaf history`, `events`, `status --at` and retention through the real program.
@Suite struct HistoryJourneyTests {
    private let site: Site
    private let scenario: Scenario

    init() throws {
        site = try Site()
        scenario = try Scenario()
    }

    private struct EventLine: Decodable {
        struct Detail: Decodable {
            var failure: String?
            var changes: [String: [String]]?
        }

        var sequence: Int
        var type: String
        var revision: Int?
        var author: String
        var detail: Detail
        var hash: String
    }

    private struct Verification: Decodable {
        struct Problem: Decodable {
            var sequence: Int?
            var claim: String?
            var reason: String
        }

        var isWhole: Bool
        var events: Int
        var head: String
        var problems: [Problem]
    }

    private func apply(_ version: Scenario.Version, broken: String? = nil, expecting code: Int32 = 0) async throws {
        try scenario.write(version, to: site, broken: broken)
        let result = try await site.sheaf(
            "apply",
            site.bundle,
            "--message",
            "version \(version.rawValue)",
            environment: ["USER": "ann"]
        )
        #expect(result.code == code, "\(result.errors)")
    }

    private func events(_ arguments: String...) async throws -> [EventLine] {
        let result = try await site.run("\(Site.built)/sheaf", ["events", "-o", "json"] + arguments)
        #expect(result.code == 0, "\(result.errors)")
        return try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(EventLine.self, from: Data($0.utf8))
        }
    }

    private func verification(_ arguments: String..., code: Int32) async throws -> Verification {
        let result = try await site.run(
            "\(Site.built)/sheaf",
            ["history", "--verify", "--output", "json"] + arguments
        )
        #expect(result.code == code, "\(result.errors)")
        return try JSONDecoder().decode(Verification.self, from: Data(result.output.utf8))
    }

    /// Changes the database as somebody with the rights of the user could.
    private func change(_ sql: String) async throws {
        let python = """
            import sqlite3,sys
            d=sqlite3.connect(sys.argv[1])
            d.executescript("DROP TRIGGER IF EXISTS event_is_not_changed; DROP TRIGGER IF EXISTS event_is_not_removed;"
                + sys.argv[2])
            d.commit()
            """
        let result = try await site.run("python3", ["-c", python, "\(site.home)/state.db", sql])
        #expect(result.code == 0, "\(result.errors)")
    }

    @Test func theWholeStoryOfABundleIsToldAndProven() async throws {
        defer { site.end() }
        try await apply(.one)
        try await apply(.two)
        let broken = scenario.job("broken", script: "exit 3")
        try await apply(.one, broken: broken, expecting: 3)
        try await CrashOperation.succeed(site, ["rollback", Scenario.name])

        // What happened.
        let all = try await events()
        #expect(all.map(\.sequence) == Array(1...all.count))
        #expect(all.first?.type == "begun" && all.first?.author == "ann")
        #expect(all.first?.detail.changes?["create"]?.contains("worker:first:trialspace") == true)
        let failed = try #require(all.first { $0.type == "failed" })
        #expect(failed.revision == 3 && failed.detail.failure?.contains("exit code 3") == true)
        #expect(try await events("--type", "committed").map(\.revision) == [1, 2, 4])
        #expect(try await events("--tail", "2", Scenario.name).map(\.type) == ["committed", "closed"])
        #expect(try await events("--since", "1h").count == all.count)
        #expect(try await events("--since", "2000-01-01").count == all.count)
        #expect(try await events("--since", "2999-01-01T00:00:00Z").isEmpty)
        let table = try await site.sheaf("events", Scenario.name)
        #expect(table.output.contains("replaces revision 2"), "\(table)")
        let misspelt = try await site.sheaf("events", "--type", "comitted")
        #expect(misspelt.code == 64 && misspelt.errors.contains("did you mean 'committed'?"), "\(misspelt)")

        // The revisions.
        let history = try await site.sheaf("history", Scenario.name, "--limit", "2")
        #expect(history.output.contains("ARCHIVE") && history.output.contains("rollback to 1"), "\(history)")
        #expect(history.output.split(separator: "\n").count == 3, "\(history)")
        let diff = try await site.sheaf("history", Scenario.name, "--diff")
        #expect(diff.output.contains("revision 2, superseded"), "\(diff)")
        #expect(diff.output.contains("against revision 1:") && diff.output.contains("against nothing:"), "\(diff)")
        #expect(diff.output.contains("  + worker:third:trialspace"), "\(diff)")
        #expect(diff.output.contains("  - worker:first:trialspace"), "\(diff)")
        #expect(diff.output.contains("\"100001\" -> \"100002\""), "\(diff)")
        let diffJSON = try await site.sheaf("history", Scenario.name, "--diff", "--limit", "1", "-o", "json")
        #expect(diffJSON.output.contains("\"before\" : 2"), "\(diffJSON)")

        // What was live when.
        let then = try await site.sheaf("status", Scenario.name, "--at", "1")
        #expect(then.output.contains("history, not what runs now") && then.output.contains("worker:first"), "\(then)")
        let second = try await site.sheaf("status", Scenario.name, "--at", "2")
        #expect(second.output.contains("worker:third") && !second.output.contains("worker:first"), "\(second)")
        let third = try await site.sheaf("status", Scenario.name, "--at", "3")
        #expect(
            third.output.contains("revision 3 is failed") && third.output.contains("revision 2 was live"),
            "\(third)"
        )
        let unknown = try await site.sheaf("status", Scenario.name, "--at", "9")
        #expect(unknown.code == 1 && unknown.errors.contains("has no revision 9"), "\(unknown)")

        // No secret anywhere in it.
        for words in [table.output, diff.output, diffJSON.output, history.output, then.output] {
            #expect(!words.contains("correct-horse"))
        }
        let raw = try await site.sheaf("events", "-o", "json")
        #expect(!raw.output.contains("correct-horse"))

        try await checkTheProof(all)
    }

    private func checkTheProof(_ all: [EventLine]) async throws {
        let whole = try await verification(code: 0)
        #expect(whole.isWhole && whole.events == all.count && whole.head == all.last?.hash)
        #expect(try await verification("--expect", try #require(all.first).hash, Scenario.name, code: 0).isWhole)
        let text = try await site.sheaf("history", "--verify")
        #expect(text.output.contains("head: \(whole.head)"), "\(text)")
        try await checkFromOutside(whole)

        let edited = try #require(all.first { $0.type == "committed" })
        try await change("UPDATE event SET author='eve' WHERE sequence=\(edited.sequence)")
        let found = try await verification(code: 65)
        #expect(found.problems.map(\.sequence) == [edited.sequence])
        let told = try await site.sheaf("history", "--verify")
        #expect(told.code == 65 && told.errors.contains("line \(edited.sequence) of the event log"), "\(told)")
        #expect(told.errors.contains("committed by eve"), "\(told)")
        try await change("UPDATE event SET author='ann' WHERE sequence=\(edited.sequence)")
        #expect(try await verification(code: 0).isWhole)

        try await change("UPDATE revision SET message='another reason' WHERE number=1")
        let revision = try await verification(code: 65)
        #expect(revision.problems.first?.reason.contains("message is 'another reason'") == true)
        try await change("UPDATE revision SET message='version 1' WHERE number=1")
        try await change("DELETE FROM event WHERE sequence=\(all.count)")
        #expect(try await !verification(code: 65).isWhole)
    }

    /// The chain as the documentation describes it, walked by somebody else's program.
    private func checkFromOutside(_ whole: Verification) async throws {
        let python = """
            import hashlib, json, sqlite3, sys
            rows = sqlite3.connect(sys.argv[1]).execute(
                "SELECT sequence, time, bundle, revision, type, author, detail, hash FROM event ORDER BY sequence")
            names, previous = [column[0] for column in rows.description[:-1]], ""
            for row in rows:
                line = {name: value for name, value in zip(names, row) if value is not None}
                text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                previous = "sha256:" + hashlib.sha256((previous + text).encode()).hexdigest()
                assert previous == row[-1], row[0]
            print(previous)
            """
        let result = try await site.run("python3", ["-c", python, "\(site.home)/state.db"])
        #expect(result.output == "\(whole.head)\n", "\(result.errors)")
    }

    @Test func anApplyThatIsRefusedLeavesEventsAndNoRevision() async throws {
        defer { site.end() }
        let missing = scenario.item(
            "none",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  command: [no-such-program-anywhere]
                """
        )
        try await apply(.one, broken: missing, expecting: 1)
        #expect(try await site.sheaf("history", Scenario.name).code == 1)
        let told = try await events(Scenario.name)
        #expect(told.map(\.type) == ["begun", "discarded"])
        #expect(told.last?.detail.failure?.contains("no-such-program-anywhere") == true)
    }

    @Test func oldRevisionsAreForgottenByTheSettingAndByGc() async throws {
        defer { site.end() }
        for version in 1...4 {
            try FileBundle.write(version, to: site)
            try await CrashOperation.succeed(site, ["apply", site.bundle])
        }
        let dry = try await site.sheaf("gc", "--keep", "3", "--dry-run")
        #expect(dry.errors.contains("would forget revision 1 of 'files'"), "\(dry)")
        #expect(dry.output.contains("WOULD REMOVE"), "\(dry)")
        #expect(try await site.restorable(FileBundle.name) == [1, 2, 3, 4])
        let real = try await site.sheaf("gc", "--keep", "3")
        #expect(real.code == 0 && real.errors.contains("forgot revision 1 of 'files'"), "\(real)")
        #expect(try await site.restorable(FileBundle.name) == [2, 3, 4])
        let gone = try await site.sheaf("rollback", FileBundle.name, "--to", "1")
        #expect(gone.code == 1 && gone.errors.contains("has no revision 1"), "\(gone)")
        let past = try await site.sheaf("status", FileBundle.name, "--at", "1")
        #expect(past.code == 0 && past.output.contains("has left the history"), "\(past)")
        let diff = try await site.sheaf("history", FileBundle.name, "--diff")
        #expect(diff.output.contains("has left the history: revision 1"), "\(diff)")

        try Data("keepRevisions: 2\n".utf8).write(to: URL(filePath: "\(site.home)/config.yaml"))
        try FileBundle.write(5, to: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        #expect(try await site.restorable(FileBundle.name) == [4, 5])
        #expect(try await verification(code: 0).isWhole)
        try await CrashOperation.succeed(site, ["gc"])
        try await site.expectEverythingRestorable(FileBundle.name, "after the retention")
        try Data("keepRevisions: 0\n".utf8).write(to: URL(filePath: "\(site.home)/config.yaml"))
        let refused = try await site.sheaf("apply", site.bundle)
        #expect(refused.code == 65 && refused.errors.contains("must be at least 1"), "\(refused)")
    }

    @Test func whoFollowsSeesWhatHappensMeanwhile() async throws {
        defer { site.end() }
        try FileBundle.write(1, to: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        let end = site.scratch.path("end")
        async let followed = site.run(
            "timeout",
            ["120", "sh", "-c", "'\(Site.built)/sheaf' events -f --tail 0 -o json | head -3; echo > '\(end)'"]
        )
        // It ends with the first event that nobody reads any more; the first applies may be before it has begun.
        var version = 1
        try await eventually("the follower has ended") {
            version += 1
            try FileBundle.write(version, to: site)
            try await CrashOperation.succeed(site, ["apply", site.bundle])
            return FileManager.default.fileExists(atPath: end)
        }
        let result = try await followed
        #expect(result.output.split(separator: "\n").count == 3, "\(result)")
        #expect(result.output.contains("\"type\":\""), "\(result)")
    }
}
