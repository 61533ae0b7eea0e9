import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf sign`, `keygen` and `verify` with SIGKILL.
@Suite struct SignCrashTests {
    /// How many kills are made at random times: 30, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = Torture.rounds(30)

    /// Longer than a command takes on a slow machine, so that some are not killed at all.
    private static let longest = 100

    private let site: Site
    private var archive: String { site.scratch.path("trial.sheaf") }
    private var signature: URL { URL(filePath: "\(archive).sig.json") }

    init() throws { site = try Site() }

    /// An archive that Ann has signed, and the keys of two people.
    private func prepare() async throws {
        try FileBundle.write(1, to: site)
        try await site.commit(tag: "v1.0.0")
        try await CrashOperation.succeed(site, ["pack", site.bundle, "-o", archive])
        for name in ["ann", "bob"] { try await CrashOperation.succeed(site, ["keygen", name]) }
        try await CrashOperation.succeed(site, ["sign", archive, "--key", "ann"])
    }

    private func verify(_ keys: String..., comment: Comment) async throws {
        let options = keys.flatMap { ["--key", $0] }
        let result = try await site.run("\(Site.built)/sheaf", ["verify", archive] + options)
        #expect(result.code == 0, "\(comment): \(result.errors)")
    }

    @Test func aSignatureFileIsTheOldOrTheNewOneWhereverSignIsKilled() async throws {
        try await prepare()
        let old = try Data(contentsOf: signature)
        let arguments = ["sign", archive, "--key", "bob"]
        let moments = try await Kill.moments(of: arguments, on: site)
        #expect(moments >= 6)
        var (kills, olds) = (0, 0)
        for moment in 1...moments {
            try old.write(to: signature)
            let killed = try await site.run("\(Site.built)/sheaf", arguments, environment: Kill.at(moment))
            kills += killed.code == Kill.code ? 1 : 0
            if try Data(contentsOf: signature) == old {
                olds += 1
            } else {
                try await verify("ann", "bob", comment: "killed at \(moment) of \(moments)")
            }
            try await CrashOperation.succeed(site, arguments)
            try await verify("ann", "bob", comment: "after the kill at \(moment) of \(moments)")
            #expect(try site.temporaryFiles() == [], "killed at \(moment) of \(moments)")
        }
        #expect(kills == moments)
        #expect(olds > 0 && olds < moments)
    }

    @Test func signaturesVerifyWheneverSignOrVerifyIsKilled() async throws {
        try await prepare()
        let whole = try Data(contentsOf: URL(filePath: archive))
        var numbers = Torture.numbers(3)
        var kills = 0
        for round in 1...Self.rounds {
            let command = round % 5 == 0 ? ["verify", archive, "--key", "ann"] : ["sign", archive, "--key", "bob"]
            let milliseconds = Int.random(in: 1...Self.longest, using: &numbers)
            let killed = try await Kill.after(milliseconds, command, on: site)
            kills += killed.code == Kill.code ? 1 : 0
            #expect([0, Kill.code].contains(killed.code), "round \(round): \(killed)")
            try await verify("ann", comment: "round \(round): \(command[0]) killed after \(milliseconds) ms")
        }
        #expect(kills > 0)
        try await CrashOperation.succeed(site, ["sign", archive, "--key", "bob"])
        try await verify("ann", "bob", comment: "in the end")
        #expect(try site.temporaryFiles() == [])
        #expect(try Data(contentsOf: URL(filePath: archive)) == whole)
    }

    /// With and without files that get their name when they are whole: not every file system has them.
    @Test(arguments: [false, true])
    func aKeyFileIsWholeAndPrivateWhereverKeygenIsKilled(namesAtOnce: Bool) async throws {
        try await prepare()
        let environment = namesAtOnce ? ["SHEAF_DENY_NAMING": "1"] : [:]
        let moments = try await Kill.moments(of: ["keygen", "first"], on: site, environment: environment)
        #expect(moments >= 8)
        let keys = "\(site.home)/keys"
        var kills = 0
        for moment in 1...moments {
            let name = "key-\(moment)"
            let comment: Comment = "killed at \(moment) of \(moments)"
            let killed = try await site.run(
                "sh",
                ["-c", "umask 0; exec '\(Site.built)/sheaf' keygen \(name)"],
                environment: environment.merging(Kill.at(moment)) { $1 }
            )
            kills += killed.code == Kill.code ? 1 : 0
            for file in try FileManager.default.contentsOfDirectory(atPath: keys) where file.hasPrefix("\(name).") {
                guard file.hasSuffix(".tmp"), !file.hasPrefix("\(name).pub.") else { continue }
                #expect(try mode("\(keys)/\(file)") == 0o600, comment)
            }
            try await expectWhole(name, in: keys, comment)
        }
        #expect(kills == moments)
        _ = try await site.collect()
        #expect(try site.temporaryFiles() == [])
    }

    /// Checks the halves of a key that are there, and makes the key again.
    private func expectWhole(_ name: String, in keys: String, _ comment: Comment) async throws {
        let isThere = FileManager.default.fileExists(atPath: "\(keys)/\(name)")
        if isThere {
            #expect(try mode("\(keys)/\(name)") == 0o600, comment)
            try await CrashOperation.succeed(site, ["sign", archive, "--key", name, "--replace"])
        }
        if FileManager.default.fileExists(atPath: "\(keys)/\(name).pub") {
            #expect(isThere, comment)
            try await verify("\(keys)/\(name).pub", comment: comment)
        }
        let again = try await site.sheaf("keygen", name)
        #expect(again.code == (isThere ? 1 : 0), "\(comment): \(again)")
        let names = try FileManager.default.contentsOfDirectory(atPath: keys).filter { $0.hasPrefix("\(name).") }
        #expect(names.filter { $0.hasSuffix(".tmp") } == [], comment)
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
