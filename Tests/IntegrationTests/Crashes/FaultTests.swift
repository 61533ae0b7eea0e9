import FoundationEssentials
import SheafTestSupport
import Testing

/// Has calls of the system fail in `sheaf`, the N-th or all from there on, and looks at what is left.
@Suite struct FaultTests {
    /// How many faults each of the streams meets, one after the other on one site.
    private static let rounds = 30
    private static let streams: [UInt64] = [1, 2, 3, 4]

    @Test(arguments: streams)
    func aFailingCallLeavesTheOldOrTheNewRevision(stream: UInt64) async throws {
        var random = Torture.numbers(20 + stream)
        try await meetFaults(&random, rounds: Self.rounds)
    }

    /// A commit whose sync has failed may be on the disk all the same, and nothing can be recorded after it.
    @Test func aDiskThatFailsForGoodAtTheEndLeavesTheOldOrTheNewRevision() async throws {
        let counted = try Site()
        defer { counted.end() }
        let syncs = try await countSyncs(of: try await CrashOperation.upgrade.prepare(counted, Scenario()), on: counted)
        try #require(syncs > 20)
        for sync in (syncs - 14)...syncs {
            let site = try Site()
            defer { site.end() }
            let arguments = try await CrashOperation.upgrade.prepare(site, Scenario())
            let before = try await site.status(of: Scenario.name)
            let fault = Fault("disk:\(sync):EIO")
            let result = try await site.run("\(Site.built)/sheaf", arguments, environment: fault.environment)
            try await check(result, on: site, before: before, "upgrade, \(fault) of \(syncs)")
        }
    }

    /// How many syncs of files below its home a command makes; it is run to its end.
    private func countSyncs(of arguments: [String], on site: Site) async throws -> Int {
        let count = site.scratch.path("count")
        let environment = ["LD_PRELOAD": Kill.shim, "SHEAF_FAULT_COUNT": count]
        let result = try await site.run("\(Site.built)/sheaf", arguments, environment: environment)
        try #require(result.code == 0, "\(arguments): \(result.errors)")
        let lines = try String(contentsOf: URL(filePath: count), encoding: .utf8).split(separator: "\n")
        return try #require(lines.first { $0.hasPrefix("sync ") }.flatMap { Int($0.dropFirst(5)) })
    }

    @Test(.enabled(if: Torture.time != nil, "optional: make torture"))
    func tortureGoesOn() async throws {
        var random = Torture.numbers(20)
        while Torture.goesOn { try await meetFaults(&random, rounds: 8) }
    }

    private func meetFaults(_ random: inout SeededRandom, rounds: Int) async throws {
        let scenario = try Scenario()
        let site = try Site()
        defer { site.end() }
        var version = Scenario.Version.one
        try scenario.write(version, to: site)
        var before: StatusReport?
        for round in 0..<rounds {
            let arguments: [String]
            switch (before?.revision?.operation, random.below(6)) {
            case (.some("apply"), 0), (.some("rollback"), 0): arguments = ["delete", Scenario.name]
            case (.some("apply"), 1) where (before?.revision?.number ?? 0) > 1: arguments = ["rollback", Scenario.name]
            default:
                arguments = ["apply", site.bundle]
                version = version == .one ? .two : .one
                try scenario.write(version, to: site)
            }
            let fault = Fault(&random)
            let comment: Comment = "SHEAF_TORTURE_SEED=\(Torture.seed), round \(round): \(arguments[0]), \(fault)"
            let result = try await site.run("\(Site.built)/sheaf", arguments, environment: fault.environment)
            try await check(result, on: site, before: before, comment)
            before = try await site.statusIfKnown(of: Scenario.name)
        }
    }

    /// Holds what is live against the exit code, and recovers.
    private func check(_ result: Site.Result, on site: Site, before: StatusReport?, _ comment: Comment) async throws {
        // 65 says that the settings cannot be read, before anything is done.
        #expect([0, 1, 3, 4, 65].contains(result.code), "\(comment): \(result)")
        if result.code != 0 { #expect(result.errors.contains("error"), "\(comment): \(result)") }
        if [1, 3, 65].contains(result.code) {
            let now = try await site.statusIfKnown(of: Scenario.name)
            #expect(now?.revision == before?.revision, "\(comment): \(result)")
            if result.code != 3 { #expect(now?.resources ?? [] == before?.resources ?? [], "\(comment): \(result)") }
        }
        try await Consistency.checkRecovery(of: site, before: before, "\(comment): \(result)")
        let after = try await site.statusIfKnown(of: Scenario.name)
        switch result.code {
        case 0:
            let isUnchanged = result.errors.contains("nothing to do") || result.errors.contains("is deleted already")
            #expect((after?.revision == before?.revision) == isUnchanged, "\(comment): \(result)")
        case 1, 3, 65: #expect(after?.revision == before?.revision, "\(comment): \(result)")
        default: break
        }
    }

    /// A call that fails.
    private struct Fault: CustomStringConvertible {
        /// The calls, each with some more than an operation of the scenario makes.
        private static let calls = [("open", 180), ("write", 150), ("sync", 60), ("name", 130), ("start", 5)]

        let description: String

        init(_ description: String) { self.description = description }

        init(_ random: inout SeededRandom) {
            let (call, count) = Self.calls[random.below(Self.calls.count)]
            let errors =
                ["open": ["EMFILE", "EIO", "ENOSPC"], "start": ["EAGAIN", "EMFILE"]][call] ?? ["EIO", "ENOSPC"]
            let lasts = random.below(3) == 0 ? "+" : ""
            description = "\(call):\(1 + random.below(count))\(lasts):\(errors[random.below(errors.count)])"
        }

        var environment: [String: String] { ["LD_PRELOAD": Kill.shim, "SHEAF_FAULT": description] }
    }
}
