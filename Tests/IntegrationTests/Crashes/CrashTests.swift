import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf` with SIGKILL and looks at what recovery makes of the remains.
@Suite(.serialized) struct CrashTests {
    enum Operation: String, CaseIterable, Sendable {
        case firstApply, upgrade, failingUpgrade, rollback, delete
    }

    /// A bundle item that fails after the others have been changed.
    private static func failing(_ scenario: Scenario) -> String {
        scenario.item(
            "broken",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  command: [sh, -c]
                  arguments: ["exit 3"]
                """
        ) + "\n      dependencies: [second, web]"
    }

    /// Brings a fresh site to where the operation begins, and gives its arguments.
    private func prepare(_ operation: Operation, _ site: Site, _ scenario: Scenario) async throws -> [String] {
        try scenario.write(.one, to: site)
        if operation == .firstApply { return ["apply", site.bundle] }
        try await succeed(site, "apply", site.bundle)
        if operation == .delete { return ["delete", Scenario.name] }
        try scenario.write(.two, to: site, broken: operation == .failingUpgrade ? Self.failing(scenario) : nil)
        if operation != .rollback { return ["apply", site.bundle] }
        try await succeed(site, "apply", site.bundle)
        return ["rollback", Scenario.name]
    }

    private func succeed(_ site: Site, _ arguments: String...) async throws {
        let result = try await site.run("\(Site.built)/sheaf", arguments)
        try #require(result.code == 0, "\(arguments): \(result.errors)")
    }

    private static let shim = "\(Site.built)/libSheafCrashShim.so"

    /// How many moments an operation has.
    private func countMoments(_ operation: Operation) async throws -> Int {
        let site = try Site()
        defer { site.end() }
        let arguments = try await prepare(operation, site, Scenario())
        let count = site.scratch.path("count")
        _ = try await site.run(
            "\(Site.built)/sheaf",
            arguments,
            environment: ["LD_PRELOAD": Self.shim, "SHEAF_CRASH_COUNT": count]
        )
        let text = String(decoding: try Data(contentsOf: URL(filePath: count)), as: UTF8.self)
        return try #require(text.split(separator: "\n").first.flatMap { Int($0) })
    }

    @Test(arguments: Operation.allCases)
    func aKillAtEveryWriteThatLastsLeavesTheOldOrTheNewRevision(operation: Operation) async throws {
        let moments = try await countMoments(operation)
        #expect(moments > 10)
        for moment in 1...moments {
            let site = try Site()
            defer { site.end() }
            let arguments = try await prepare(operation, site, Scenario())
            let before = try await site.statusIfKnown(of: Scenario.name)
            let killed = try await site.run(
                "\(Site.built)/sheaf",
                arguments,
                environment: ["LD_PRELOAD": Self.shim, "SHEAF_CRASH_AT": String(moment)]
            )
            // Threads may reach fewer moments in this run than in the counted one; then there was no kill.
            guard killed.code == 128 + 9 else { continue }
            try await checkRecovery(of: site, before: before, "\(operation.rawValue) killed at \(moment) of \(moments)")
        }
    }

    /// Recovers, and checks that one revision is live, whole, and that untouched processes are the same.
    private func checkRecovery(of site: Site, before: StatusReport?, _ comment: Comment) async throws {
        let recovered = try await site.sheaf("recover")
        #expect(recovered.code == 0, "\(comment): \(recovered.errors)")
        let history = try await site.sheaf("history", Scenario.name, "--output", "json")
        guard history.code == 0 else {
            // Nothing was ever recorded: then nothing may be there.
            #expect(try site.incarnations() == [], comment)
            #expect(site.processes().isEmpty, comment)
            return
        }
        let after = try await Consistency.check(site, comment)
        if let before, after.revision?.number == before.revision?.number {
            #expect(after.resources.map(\.generation) == before.resources.map(\.generation), comment)
        }
        if let steady = before?["worker:steady:trialspace"], let now = after["worker:steady:trialspace"],
            steady.generation == now.generation
        {
            #expect(steady.pids == now.pids, comment)
        }
        let again = try await site.sheaf("recover")
        #expect(again.code == 0 && again.output.contains("nothing to recover"), "\(comment): \(again)")
    }

    /// How many random kills are made; `make torture` makes more.
    private static let kills = ProcessInfo.processInfo.environment["SHEAF_KILLS"].flatMap(Int.init) ?? 200

    @Test func aKillAtARandomTimeLeavesTheOldOrTheNewRevision() async throws {
        var random = SystemRandomNumberGenerator()
        let scenario = try Scenario()
        let site = try Site()
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await succeed(site, "apply", site.bundle)
        var version = Scenario.Version.two
        for kill in 1...Self.kills {
            let arguments: [String]
            switch kill % 4 {
            case 0: arguments = ["delete", Scenario.name]
            case 1: arguments = ["rollback", Scenario.name]
            default:
                try scenario.write(version, to: site, broken: kill % 8 == 2 ? Self.failing(scenario) : nil)
                arguments = ["apply", site.bundle]
                version = version == .one ? .two : .one
            }
            let milliseconds = Int.random(in: 1...400, using: &random)
            let limit = "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
            _ = try await site.run("timeout", ["--signal=KILL", limit, "\(Site.built)/sheaf"] + arguments)
            try await checkRecovery(of: site, before: nil, "kill \(kill): \(arguments[0]) after \(milliseconds) ms")
        }
    }
}
