import FoundationEssentials
import SheafModel
import SheafTestSupport
import Synchronization
import Testing

/// Kills `sheaf gc`, and what runs beside it, with SIGKILL.
@Suite struct GarbageCrashTests {
    /// How many kills are made at random times: 40, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = Torture.rounds(40)

    /// Longer than a command takes on a slow machine, so that some are not killed at all.
    private static let longest = 120

    private func apply(_ version: Int, to site: Site) async throws {
        try FileBundle.write(version, to: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
    }

    /// Puts garbage of every kind into the home.
    private func litter(_ site: Site) throws {
        for number in 1...3 {
            let text = "orphan \(number)"
            try site.litter("blobs/sha256/\(Digest(of: Array(text.utf8)).hex)", text)
        }
        try site.litter("blobs/sha256/ab.12.34.tmp", "half")
        try site.litter("keys/store.key.12.34.tmp", "half")
        try site.litter("frames/\(Digest(of: [1]).hex)", "no frame")
    }

    @Test func aKillAtEveryRemovalLosesNothingThatIsNeeded() async throws {
        let site = try Site()
        defer { site.end() }
        for version in 1...2 { try await apply(version, to: site) }
        try await CrashOperation.succeed(site, ["delete", FileBundle.name])
        let needed = try site.blobs()
        try litter(site)
        let moments = try await Kill.moments(of: ["gc"], on: site)
        #expect(moments >= 12)
        var kills = 0
        for moment in 1...moments {
            try litter(site)
            let killed = try await site.run("\(Site.built)/sheaf", ["gc"], environment: Kill.at(moment))
            kills += killed.code == Kill.code ? 1 : 0
            let left = try site.blobs()
            for (name, bytes) in needed { #expect(left[name] == bytes, "killed at \(moment) of \(moments)") }
            _ = try await site.collect()
            #expect(try site.blobs() == needed, "killed at \(moment) of \(moments)")
            #expect(try site.temporaryFiles() == [], "killed at \(moment) of \(moments)")
        }
        #expect(kills == moments)
        try await site.expectEverythingRestorable(FileBundle.name, "after \(kills) kills")
    }

    @Test func aCollectionAfterAKilledApplyTakesNothingThatItsRecoveryNeeds() async throws {
        let counted = try Site()
        defer { counted.end() }
        try await apply(1, to: counted)
        try FileBundle.write(2, to: counted)
        let moments = try await Kill.moments(of: ["apply", counted.bundle], on: counted)
        #expect(moments > 20)
        let site = try Site()
        defer { site.end() }
        try await apply(0, to: site)
        var kills = 0
        for moment in 1...moments {
            try FileBundle.write(moment, to: site)
            let killed = try await site.run(
                "\(Site.built)/sheaf",
                ["apply", site.bundle],
                environment: Kill.at(moment)
            )
            kills += killed.code == Kill.code ? 1 : 0
            let missing = try await site.collect().missing
            #expect(missing == [], "killed at \(moment) of \(moments)")
            try await CrashOperation.succeed(site, ["recover"])
        }
        #expect(kills > moments / 2)
        try await apply(moments + 1, to: site)
        let last = try await site.collect()
        #expect(last.missing == [])
        #expect(try site.temporaryFiles() == [])
        #expect(try await site.collect("--dry-run").removed == [])
        let revisions = try await site.restorable(FileBundle.name)
        for number in [revisions.first, revisions.last].compactMap(\.self) {
            try await CrashOperation.succeed(site, ["rollback", FileBundle.name, "--to", String(number)])
        }
    }

    /// The content of version 1.
    private func contentOfOne() async throws -> [String: Data] {
        let donor = try Site()
        defer { donor.end() }
        try await apply(1, to: donor)
        return try donor.blobs()
    }

    /// A site where version 0 is live, and the content of version 1 is there without any revision that names it.
    private func site(with orphans: [String: Data]) async throws -> Site {
        let site = try Site()
        try await apply(0, to: site)
        for (name, bytes) in orphans {
            try bytes.write(to: URL(filePath: "\(site.home)/blobs/sha256/\(name)"))
        }
        try FileBundle.write(1, to: site)
        return site
    }

    /// The exit code of the command that another one ran.
    private func otherCode(_ site: Site) throws -> String {
        let text = try String(contentsOf: URL(filePath: site.scratch.path("other.code")), encoding: .utf8)
        return String(try #require(text.split(separator: "\n").first))
    }

    @Test func aCollectionAtAnyMomentOfAnApplyLeavesWhatTheApplyReliesOn() async throws {
        let orphans = try await contentOfOne()
        let counted = try await site(with: orphans)
        defer { counted.end() }
        let moments = try await Kill.moments(of: ["apply", counted.bundle], on: counted)
        var codes: [String: Int] = [:]
        for moment in 1...moments {
            let site = try await site(with: orphans)
            defer { site.end() }
            let applied = try await site.run(
                "\(Site.built)/sheaf",
                ["apply", site.bundle],
                // Where the apply has the database for itself, the collection waits for it, which here waits for it.
                environment: Kill.running(["gc"], at: moment, killedAfter: "0.5")
            )
            #expect(applied.code == 0, "gc at \(moment) of \(moments): \(applied.errors)")
            // Threads may reach fewer moments in this run than in the counted one.
            guard FileManager.default.fileExists(atPath: site.scratch.path("other.code")) else { continue }
            codes[try otherCode(site), default: 0] += 1
            #expect(try await site.collect("--dry-run").missing == [], "gc at \(moment) of \(moments)")
        }
        // While content is kept, nothing can be collected; before and after that, it can. How many were killed first
        // is a matter of the machine.
        #expect(codes["0", default: 0] > 0 && codes["75", default: 0] > 0, "\(codes)")
        #expect(Set(codes.keys).isSubset(of: ["0", "75", String(Kill.code)]), "\(codes)")
    }

    @Test func anApplyAtAnyMomentOfACollectionFindsOrWritesWhatItNeeds() async throws {
        let orphans = try await contentOfOne()
        let counted = try await site(with: orphans)
        defer { counted.end() }
        let moments = try await Kill.moments(of: ["gc"], on: counted)
        #expect(moments >= 10)
        var codes: [String: Int] = [:]
        for moment in 1...moments {
            let site = try await site(with: orphans)
            defer { site.end() }
            // It has to wait for the collection, which here waits for it: then it is killed.
            let collected = try await site.run(
                "\(Site.built)/sheaf",
                ["gc"],
                environment: Kill.running(["apply", site.bundle], at: moment, killedAfter: "0.5")
            )
            #expect(collected.code == 0, "apply at \(moment) of \(moments): \(collected.errors)")
            codes[try otherCode(site), default: 0] += 1
            #expect(try await site.collect("--dry-run").missing == [], "apply at \(moment) of \(moments)")
            try await CrashOperation.succeed(site, ["apply", site.bundle])
            #expect(try await site.collect().missing == [], "apply at \(moment) of \(moments)")
        }
        #expect(codes[String(Kill.code), default: 0] >= 10, "\(codes)")
    }

    @Test func collectionsBesideAppliesAndPacksThatAreAllKilledLoseNothing() async throws {
        let site = try Site()
        defer { site.end() }
        try await apply(0, to: site)
        try await site.commit(tag: "v1.0.0")
        let end = Flag()
        async let collected = Self.collections(on: site, until: end)
        var numbers = Torture.numbers(1)
        var kills = 0
        for round in 1...Self.rounds {
            // Few versions, so that most content is there already, garbage or not, when it is to be kept.
            try FileBundle.write(Int.random(in: 1...6, using: &numbers), to: site)
            let packs = round % 5 == 0
            let arguments = packs ? ["pack", site.bundle, "-o", site.scratch.path("p.sheaf")] : ["apply", site.bundle]
            let milliseconds = Int.random(in: 1...Self.longest, using: &numbers)
            let killed = try await Kill.after(milliseconds, arguments, on: site)
            kills += killed.code == Kill.code ? 1 : 0
            let codes = [0, Kill.code]
            #expect(codes.contains(killed.code), "round \(round), \(milliseconds) ms: \(killed)")
            guard round % 2 == 0, !packs else { continue }
            let applied = try await site.sheaf("apply", site.bundle)
            #expect(applied.code == 0, "round \(round): \(applied.errors)")
        }
        end.raise()
        kills += try await collected
        #expect(kills > Self.rounds / 2)

        try await CrashOperation.succeed(site, ["recover"])
        // The next pack sweeps beside its archive, the next collection the home.
        try await CrashOperation.succeed(site, ["pack", site.bundle, "-o", site.scratch.path("p.sheaf")])
        #expect(try await site.collect().missing == [])
        #expect(try site.temporaryFiles() == [])
        #expect(try await site.collect("--dry-run").removed == [])
        try await site.expectEverythingRestorable(FileBundle.name, "after \(kills) kills")
    }

    /// Something that one task tells another.
    private final class Flag: Sendable {
        private let raised = Mutex(false)
        var isRaised: Bool { raised.withLock(\.self) }
        func raise() { raised.withLock { $0 = true } }
    }

    /// Collections one after the other, each killed unless it is quick.
    ///
    /// - Returns: How many were killed.
    private static func collections(on site: Site, until end: Flag) async throws -> Int {
        var numbers = Torture.numbers(2)
        var kills = 0
        while !end.isRaised, !Task.isCancelled {
            let arguments = Bool.random(using: &numbers) ? ["gc"] : ["gc", "--wait"]
            let result = try await Kill.after(Int.random(in: 1...longest, using: &numbers), arguments, on: site)
            kills += result.code == Kill.code ? 1 : 0
            #expect([0, 75, Kill.code].contains(result.code), "\(arguments): \(result)")
        }
        return kills
    }
}
