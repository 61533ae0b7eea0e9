import FoundationEssentials
import Glibc
import SheafTestSupport
import Testing

/// What is missing, broken or full ends with one clear sentence, its own exit code, and no trace.
@Suite struct TroubleTests {
    private let site: Site

    init() throws { site = try Site() }

    /// The reports are for people: a code, a sentence, a remedy, no trace of the program's inside.
    private func check(
        _ result: Site.Result,
        code: Int32,
        says words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result)", sourceLocation: location)
        for word in words { #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: location) }
        #expect(!result.errors.contains("Fatal"), sourceLocation: location)
        #expect(!result.errors.contains("NSError"), sourceLocation: location)
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/state.db"), sourceLocation: location)
    }

    @Test func aSourceThatIsNotThere() async throws {
        check(try await site.sheaf("apply", "no-such-place"), code: 65, says: "there is no 'no-such-place'")
    }

    @Test func aDirectoryWithoutABundle() async throws {
        try site.write("other.yaml", "name: x\n")
        check(try await site.sheaf("apply", site.bundle), code: 65, says: "bundle.yaml")
    }

    @Test func packingWithoutAGitRepository() async throws {
        try Scenario().write(.one, to: site)
        check(try await site.sheaf("pack", site.bundle), code: 65, says: "git", "--worktree")
    }

    @Test func aManifestWithSeveralMistakesReportsAllOfThem() async throws {
        try site.write(
            "bundle.yaml",
            """
            name: trial
            version: v1beta
            type: bundle
            bundle:
              resources:
                - id: a
                  workspace: public
                  spec: {name: a, version: v1beta, type: worker, worker: {stack: container, stackSpec: {command: [true]}}}
                  dependencies: [bb]
                - id: b
                  workspace: public
                  file: missing.yaml
            """
        )
        check(
            try await site.sheaf("apply", site.bundle),
            code: 65,
            says: "manifest.unknown-dependency",
            "bundle.yaml:9",
            "missing.yaml"
        )
    }

    @Test func anUnknownCommandAndAnUnknownOption() async throws {
        check(try await site.sheaf("aply"), code: 64)
        check(try await site.sheaf("apply", "--no-such-option"), code: 64, says: "no-such-option")
        check(try await site.sheaf("apply", ".", "--timeout", "soon"), code: 64, says: "timeout")
    }

    @Test func anArchiveThatIsDamaged() async throws {
        try Scenario().write(.one, to: site)
        try await site.commit()
        let archive = site.scratch.path("trial.sheaf")
        #expect(try await site.sheaf("pack", site.bundle, "-o", archive).code == 0)
        var bytes = try Data(contentsOf: URL(filePath: archive))
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: URL(filePath: archive))
        check(try await site.sheaf("verify", archive), code: 65)
        check(try await site.sheaf("apply", archive), code: 65)
        check(try await site.sheaf("unpack", archive, site.scratch.path("out")), code: 65)
        #expect(!FileManager.default.fileExists(atPath: site.scratch.path("out")))
    }

    @Test func aHomeThatCannotBeMade() async throws {
        try Scenario().write(.one, to: site)
        let result = try await site.sheaf("apply", site.bundle, environment: ["SHEAF_HOME": "/proc/sheaf"])
        #expect(result.code == 1, "\(result)")
        #expect(result.errors.contains("/proc/sheaf"))
    }

    @Test func aBundleThatIsNotKnown() async throws {
        for command in ["rollback", "history", "delete"] {
            let result = try await site.sheaf(command, "nothing")
            check(result, code: 1, says: "there is no bundle 'nothing'")
        }
    }

    @Test
    func anEngineThatIsMissingIsNamedWithItsPackage() async throws {
        let scenario = try Scenario()
        let contained = scenario.item(
            "contained",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  image: localhost/any:1
                """
        )
        try scenario.write(.one, to: site, broken: contained)
        let tools = site.scratch.path("tools")
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        for name in ["sh", "sleep", "busybox"] {
            let found = try await site.run("sh", ["-c", "command -v \(name)"])
            let target = String(found.output.split(separator: "\n").first ?? "")
            try FileManager.default.createSymbolicLink(atPath: "\(tools)/\(name)", withDestinationPath: target)
        }
        let result = try await site.sheaf("apply", site.bundle, environment: ["PATH": tools])
        #expect(result.code == 69, "\(result)")
        #expect(result.errors.contains("apt-get install podman"), "\(result.errors)")
        #expect(try site.incarnations() == [])
        #expect(site.processes().isEmpty)
    }

    @Test(.enabled(if: Engines.canMount, "a small file system can be mounted"))
    func aFullDiskLeavesNothingHalfWritten() async throws {
        try Scenario().write(.one, to: site)
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: true)
        // A mount of its own namespace: it goes with the shell, whatever happens.
        let script = """
            mount -t tmpfs -o size=600k tmpfs '\(site.home)' || exit 99
            head -c 500k /dev/zero > '\(site.home)/ballast' 2>/dev/null
            '\(Site.built)/sheaf' apply '\(site.bundle)'; code=$?
            rm '\(site.home)/ballast'
            '\(Site.built)/sheaf' recover 1>&2 || exit 98
            '\(Site.built)/sheaf' status --output json
            find '\(site.home)' -name '*.tmp*' | grep . && exit 97
            exit $code
            """
        let result = try await site.run("unshare", ["-m", "sh", "-c", script])
        try #require(result.code != 99, "the file system cannot be mounted: \(result)")
        #expect(result.code == 1 || result.code == 3, "\(result)")
        #expect(result.output.contains("[") && !result.output.contains("\"live\""), "\(result.output)")
        #expect(site.processes().isEmpty)
    }

    @Test(.enabled(if: getuid() == 0, "another user can be switched to"))
    func aDirectoryWithoutReadPermission() async throws {
        try Scenario().write(.one, to: site)
        let script = """
            chmod 755 '\(site.scratch.path)'; chmod 700 '\(site.bundle)'
            cd /; SHEAF_HOME=/tmp/nowhere-$$ exec setpriv --reuid=65534 --regid=65534 --clear-groups \
                '\(Site.built)/sheaf' apply '\(site.bundle)'
            """
        let result = try await site.run("sh", ["-c", script])
        #expect(result.code == 65 || result.code == 1, "\(result)")
        #expect(result.errors.lowercased().contains("permission"), "\(result.errors)")
    }
}
