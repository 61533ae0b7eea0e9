import FoundationEssentials
import SheafTestSupport
import Testing

/// Cuts the power after syncs of an operation, on paper: everything that was not synced is gone, and no process is left.
@Suite struct PowerCutTests {
    /// How many cuts are tried of each operation.
    private static let cuts = 12
    private static let operations: [CrashOperation] = [.firstApply, .upgrade, .rollback, .delete]

    @Test(arguments: operations)
    func aPowerCutLeavesTheOldOrTheNewRevision(operation: CrashOperation) async throws {
        var random = Torture.numbers(30 + UInt64(operation.rawValue.utf8.count))
        try await cutPower(operation, &random)
    }

    @Test(.enabled(if: Torture.time != nil, "optional: make torture"))
    func tortureGoesOn() async throws {
        var random = Torture.numbers(30)
        while Torture.goesOn {
            try await cutPower(Self.operations[random.below(Self.operations.count)], &random)
        }
    }

    private func cutPower(_ operation: CrashOperation, _ random: inout SeededRandom) async throws {
        let site = try Site()
        defer { site.end() }
        let arguments = try await operation.prepare(site, Scenario())
        let before = try await site.statusIfKnown(of: Scenario.name)
        let copy = site.scratch.path("copy"), recording = site.scratch.path("recording")
        if before != nil { try await succeed(site, "cp", "-a", site.home, copy) }
        try FileManager.default.createDirectory(atPath: recording, withIntermediateDirectories: true)
        let result = try await site.run(
            "\(Site.built)/sheaf",
            arguments,
            environment: ["LD_PRELOAD": Kill.shim, "SHEAF_RECORD": recording]
        )
        try #require(result.code == 0, "\(operation): \(result.errors)")
        let after = try await site.statusIfKnown(of: Scenario.name)
        let power = try PowerCut(recording, of: site.home, before: copy)
        try #require(power.syncs > 10)
        for cut in 0..<Self.cuts {
            // The last one is when the command has ended: what it has said is done must last.
            let isLast = cut < PowerCut.Names.allCases.count
            let sync = isLast ? power.syncs - 1 : random.below(power.syncs)
            let names = PowerCut.Names.allCases[cut % PowerCut.Names.allCases.count]
            let comment: Comment =
                "SHEAF_TORTURE_SEED=\(Torture.seed), \(operation), after sync \(sync) of \(power.syncs), \(names) names"
            site.end()
            try await eventually("no process of the site is left") { site.processes().isEmpty }
            try power.restore(after: sync, names)
            let allowed = isLast ? [after?.revision?.number] : [before?.revision?.number, after?.revision?.number]
            try await check(site, allowed: allowed, comment)
        }
    }

    private func check(_ site: Site, allowed: [Int?], _ comment: Comment) async throws {
        let recovered = try await recoverAfterReboot(site)
        #expect(recovered.code == 0, "\(comment): \(recovered)")
        let status = try await site.statusIfKnown(of: Scenario.name)
        #expect(status?.openTransaction == nil, comment)
        #expect(allowed.contains(status?.revision?.number), "\(comment): \(String(describing: status?.revision))")
        let again = try await recoverAfterReboot(site)
        #expect(again.code == 0 && again.output.contains("nothing to recover"), "\(comment): \(again)")
        if let status {
            let folders = status.resources.compactMap(Consistency.folder).sorted()
            #expect(try site.incarnations() == folders, comment)
        } else {
            #expect(try site.incarnations() == [], comment)
        }
        // What people do then starts what the power cut has ended.
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0, "\(comment): \(applied)")
        try await Consistency.check(site, comment)
    }

    /// Recovers as on another boot of the machine, where one can be shown to the program.
    private func recoverAfterReboot(_ site: Site) async throws -> Site.Result {
        guard Engines.canMount else { return try await site.sheaf("recover") }
        let boot = site.scratch.path("boot-id")
        try Data("00000000-0000-4000-8000-000000000000\n".utf8).write(to: URL(filePath: boot))
        let script = "mount --bind '\(boot)' /proc/sys/kernel/random/boot_id && exec '\(Site.built)/sheaf' recover"
        return try await site.run("unshare", ["-m", "sh", "-c", script])
    }

    private func succeed(_ site: Site, _ program: String, _ arguments: String...) async throws {
        let result = try await site.run(program, arguments)
        try #require(result.code == 0, "\(program): \(result.errors)")
    }
}
