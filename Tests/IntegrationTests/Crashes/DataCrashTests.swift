import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf` with SIGKILL at each moment at which data is copied, exchanged or removed.
@Suite struct DataCrashTests {
    private static let shim = "\(Site.built)/libSheafCrashShim.so"

    /// What is killed, on a site that has two revisions, the first with the data `one`, the second with `two`.
    enum Operation: String, CaseIterable, Sendable {
        case upgrade, rollback, delete

        var arguments: [String] {
            switch self {
            case .upgrade: ["apply"]
            case .rollback: ["rollback", DataScenario.name, "--with-data"]
            case .delete: ["delete", DataScenario.name, "--delete-data"]
            }
        }

        /// What the volume may hold once the operation is settled, if it succeeded.
        var data: String? {
            switch self {
            case .upgrade: "three\n"
            case .rollback: "one\n"
            case .delete: nil
            }
        }
    }

    /// Applies both revisions, and writes what an upgrade would apply.
    private func prepare(_ site: Site, _ scenario: DataScenario) async throws {
        for text in ["one", "two"] {
            try scenario.write(text, to: site)
            try await CrashOperation.succeed(site, ["apply", site.bundle])
        }
        try scenario.write("three", to: site)
    }

    private func run(_ operation: Operation, _ site: Site, _ environment: [String: String]) async throws -> Site.Result
    {
        try await site.run(
            "\(Site.built)/sheaf",
            operation.arguments + (operation == .upgrade ? [site.bundle] : []),
            environment: environment.merging(["LD_PRELOAD": Self.shim, "SHEAF_CRASH_NAMES": "1"]) { $1 }
        )
    }

    private func moments(_ operation: Operation, _ site: Site) async throws -> Int {
        let count = site.scratch.path("count")
        _ = try await run(operation, site, ["SHEAF_CRASH_COUNT": count])
        let text = String(decoding: try Data(contentsOf: URL(filePath: count)), as: UTF8.self)
        return try #require(text.split(separator: "\n").first.flatMap { Int($0) })
    }

    /// Recovers, and holds the data and its copies against what is live.
    private func check(_ site: Site, _ operation: Operation, _ comment: Comment) async throws {
        let recovered = try await site.sheaf("recover")
        #expect(recovered.code == 0, "\(comment): \(recovered.errors)")
        let live = try #require(try await site.status(of: DataScenario.name).revision).number
        let data = DataScenario.data(site)
        if live == 3 {
            #expect(data == operation.data, comment)
        } else if operation == .upgrade {
            // The job may have written; then there is a copy from before.
            #expect(data == "two\n" || data == "three\n", comment)
        } else {
            #expect(data == "two\n", comment)
        }
        let records = try await SnapshotRecord.all(site)
        if operation == .upgrade, live == 2, data == "three\n" { #expect(records.first?.beforeRevision == 3, comment) }
        #expect(try site.copies() == records.map(\.location).sorted(), comment)
        let again = try await site.sheaf("recover")
        #expect(again.code == 0 && again.output.contains("nothing to recover"), "\(comment): \(again)")
    }

    @Test(arguments: Operation.allCases)
    func aKillAtAnyMomentLeavesTheDataOfTheLiveRevision(operation: Operation) async throws {
        let site = try Site()
        defer { site.end() }
        // Nothing runs between two commands, so the home can be put back as it was.
        try await prepare(site, DataScenario(serves: false))
        let saved = site.scratch.path("saved")
        try await site.run("cp", ["-a", site.home, saved])
        let moments = try await moments(operation, site)
        #expect(moments > 10)
        var kills = 0
        // An exchange is looked at after each of its moments; the others share most of theirs with other crash tests.
        for moment in stride(from: 1, through: moments, by: operation == .rollback ? 1 : 3) {
            try await site.run("rm", ["-rf", site.home])
            try await site.run("cp", ["-a", saved, site.home])
            let killed = try await run(operation, site, ["SHEAF_CRASH_AT": String(moment)])
            guard killed.code == 128 + 9 else { continue }
            kills += 1
            try await check(site, operation, "\(operation.rawValue) killed at \(moment) of \(moments)")
        }
        #expect(kills > moments / 6)
    }

    @Test func withProcessesThatMountItTheDataIsThatOfTheLiveRevisionToo() async throws {
        let scenario = try DataScenario()
        let counted = try Site()
        defer { counted.end() }
        try await prepare(counted, scenario)
        let moments = try await moments(.rollback, counted)
        counted.end()
        var kills = 0
        // Each needs a site of its own, so only some are tried; a prime step reaches every part of the operation.
        for moment in stride(from: 3, through: moments, by: 13) {
            let site = try Site()
            defer { site.end() }
            try await prepare(site, scenario)
            let killed = try await run(.rollback, site, ["SHEAF_CRASH_AT": String(moment)])
            guard killed.code == 128 + 9 else { continue }
            kills += 1
            let comment: Comment = "rollback killed at \(moment) of \(moments)"
            try await check(site, .rollback, comment)
            let report = try await site.status(of: DataScenario.name)
            for name in ["service:web:books", "worker:reader:books"] {
                #expect(report[name]?.runtime == "running:1", comment)
            }
            let page = try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/file"]).output
            #expect(page == DataScenario.data(site), comment)
        }
        #expect(kills > 3)
    }
}

extension Site {
    /// The paths of the copies of volumes, half ones included.
    fileprivate func copies() throws -> [String] {
        let root = "\(home)/volumes/.snapshots"
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.split(separator: "/").count == 4 }.map { "\(root)/\($0)" }.sorted()
    }
}
