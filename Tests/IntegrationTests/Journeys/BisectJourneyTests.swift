import FoundationEssentials
import Glibc
import SheafTestSupport
import Testing

/// `sheaf bisect` with revisions whose page says what they are.
@Suite struct BisectJourneyTests {
    private let site: Site
    private let port: Int

    /// Which page the revisions have; the fourth breaks.
    private static let pages = ["good 1", "good 2", "good 3", "broken 4", "broken 5", "broken 6"]

    init() async throws {
        site = try Site()
        let scenario = try Scenario()
        port = scenario.port
        for (index, page) in Self.pages.enumerated() {
            try scenario.write(.one, to: site)
            try site.write("page/index.html", page + "\n")
            let applied = try await site.sheaf("apply", site.bundle, "--message", "page \(index + 1)")
            try #require(applied.code == 0, "\(applied)")
        }
    }

    private var check: String { "curl -s http://127.0.0.1:\(port)/index.html | tee -a looks | grep -q good" }

    private func bisect(_ good: Int, _ bad: Int, _ script: String, options: [String] = []) async throws -> Site.Result {
        let arguments = ["bisect", Scenario.name, "--good", "\(good)", "--bad", "\(bad)"] + options
        return try await site.run("\(Site.built)/sheaf", arguments + ["--", "sh", "-c", script])
    }

    private func page() async throws -> String {
        try await site.run("curl", ["-s", "http://127.0.0.1:\(port)/index.html"]).output
    }

    @Test func theFirstBadRevisionIsFoundAndTheLiveOneComesBack() async throws {
        defer { site.end() }
        let result = try await bisect(1, 6, check)
        #expect(result.code == 0, "\(result)")
        #expect(result.output.hasPrefix("revision 4 of 'trial' is the first bad one\n"), "\(result)")
        #expect(result.output.contains("page 4") && result.output.contains("page 3"), "\(result)")
        #expect(result.output.contains("-good 3") && result.output.contains("+broken 4"), "\(result)")
        #expect(try await page() == "broken 6\n")
        try await Consistency.check(site, "after the search")
        let looks = try String(contentsOf: URL(filePath: site.scratch.path("looks")), encoding: .utf8)
        #expect(looks.split(separator: "\n").count == 2, "\(looks)")
    }

    @Test func aNewerGoodRevisionShowsWhichOneMends() async throws {
        defer { site.end() }
        let script = "test $SHEAF_BUNDLE = trial && test $SHEAF_REVISION -ge 3"
        let result = try await bisect(6, 1, script, options: ["-o", "json"])
        #expect(result.code == 0, "\(result)")
        let last = try #require(result.output.split(separator: "\n").last)
        let report = try JSONDecoder().decode(Report.self, from: Data(last.utf8))
        #expect(report.type == "bisect-result" && report.isReversed)
        #expect(report.firstBad.revision == 2 && report.lastGood.revision == 3)
        #expect(report.firstBad.message == "page 2")
    }

    private struct Report: Decodable {
        struct Found: Decodable {
            var revision: Int
            var message: String?
        }

        var type: String
        var isReversed: Bool
        var firstBad: Found
        var lastGood: Found
    }

    @Test func skippedRevisionsLeaveSuspects() async throws {
        defer { site.end() }
        let skipping = "case $SHEAF_REVISION in 3|4) exit 125;; esac; \(check)"
        let result = try await bisect(1, 6, skipping)
        #expect(result.code == 1 && result.errors.contains("bisect.undecided"), "\(result)")
        #expect(result.errors.contains("3, 4, 5"), "\(result)")
        #expect(try await page() == "broken 6\n")
    }

    @Test(arguments: [("exit 127", "exit code 127"), ("kill -9 $$", "signal 9")])
    func aCommandThatSaysNothingStopsTheSearch(script: String, reason: String) async throws {
        defer { site.end() }
        let result = try await bisect(1, 6, script)
        #expect(result.code == 1 && result.errors.contains(reason), "\(result)")
        #expect(result.errors.contains("bisect.no-verdict"), "\(result)")
        #expect(try await page() == "broken 6\n")
    }

    @Test func anInterruptionPutsBackWhatWasLive() async throws {
        defer { site.end() }
        let script = "kill -TERM $PPID; while :; do sleep 0.1; done"
        let result = try await bisect(1, 6, script)
        #expect(result.code == 128 + SIGTERM, "\(result)")
        #expect(try await page() == "broken 6\n")
        try await Consistency.check(site, "interrupted")
    }

    @Test func aKillLeavesAWholeRevisionWhoseMessageSaysWhatWasLive() async throws {
        defer { site.end() }
        let result = try await bisect(1, 6, "kill -9 $PPID; sleep 1")
        #expect(result.code == 128 + SIGKILL, "\(result)")
        let recovered = try await site.sheaf("recover")
        #expect(recovered.output.contains("nothing to recover"), "\(recovered)")
        try await Consistency.check(site, "killed")
        let history = try await site.sheaf("history", Scenario.name)
        #expect(history.output.contains("revision 6 was live before"), "\(history)")
        try await #expect(site.sheaf("rollback", Scenario.name, "--to", "6").code == 0)
        #expect(try await page() == "broken 6\n")
    }

    @Test func whatSomebodyElseMakesLiveMeanwhileIsLeftLive() async throws {
        defer { site.end() }
        let meddling = "'\(Site.built)/sheaf' rollback trial --to 2 2>/dev/null; exit 127"
        let result = try await bisect(1, 6, meddling)
        #expect(result.code == 1 && result.errors.contains("bisect.changed"), "\(result)")
        #expect(try await page() == "good 2\n")
    }

    @Test func whatCannotBeLookedAtIsRefused() async throws {
        defer { site.end() }
        let cases: [([String], String)] = [
            (["--good", "1", "--bad", "60", "--", "true"], "does not exist"),
            (["--good", "1", "--bad", "1", "--", "true"], "same revision"),
            (["--good", "1", "--bad", "6"], "after --"),
            (["--good", "1", "--bad", "6", "--", "no-such-program"], "no-such-program"),
        ]
        for (arguments, words) in cases {
            let result = try await site.run("\(Site.built)/sheaf", ["bisect", Scenario.name] + arguments)
            #expect([1, 64].contains(result.code) && result.errors.contains(words), "\(result)")
        }
        #expect(try await site.status(of: Scenario.name).revision?.number == 6)
        let stayed = try await bisect(1, 6, "exit 1", options: ["--stay"])
        #expect(stayed.code == 0 && stayed.output.contains("revision 2"), "\(stayed)")
        #expect(try await page() == "good 2\n")
    }
}
