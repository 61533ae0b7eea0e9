import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Values, environments and secrets through the real program.
@Suite struct ValueTests {
    private static let hush = "hush-hush-4711", other = "other-hush-0815"
    private let site: Site

    init() throws {
        site = try Site()
        try site.write(
            "bundle.yaml",
            """
            name: trial
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: trialspace
                  layer: user
              resources:
                - id: key
                  workspace: trialspace
                  spec:
                    name: key
                    version: v1
                    type: secret
                    secret:
                      type: key-value
                      acl: r
                      data:
                        TOKEN: ${{ secrets.TOKEN }}
                - id: worker
                  workspace: trialspace
                  spec:
                    name: second
                    version: v1beta
                    type: worker
                    worker:
                      stack: container
                      compute: runnable-default
                      dataosSecrets:
                        - name: key
                          allKeys: true
                      envs:
                        STAGE: ${{ values.stage }}
                        LEVEL: ${{ values.level }}
                        URL: http://me:${{ secrets.TOKEN }}@${{ values.host }}/
                        FROM: $SHEAF_TRIAL
                      stackSpec:
                        command: [sleep]
                        arguments: ["${{ values.seconds }}"]

            """
        )
        try site.write("values.yaml", "stage: dev\nlevel: 1\nhost: ${{ values.stage }}.example.org\nseconds: 100000\n")
        try site.write("environments/prod.yaml", "stage: prod\n")
    }

    private func apply(_ source: String, _ arguments: [String] = [], secret: String = Self.hush) async throws
        -> Site.Result
    {
        try await site.run(
            "\(Site.built)/sheaf",
            ["apply", source] + arguments,
            environment: ["SHEAF_SECRET_TOKEN": secret, "SHEAF_TRIAL": "outside"]
        )
    }

    private func environment() async throws -> [String: String] {
        let report = try await site.status(of: "trial")
        let pid = try #require(report["worker:second:trialspace"]?.pids.last)
        let lines = TextFile.read("/proc/\(pid)/environ")?.split(separator: "\0") ?? []
        return Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The files below a folder that hold a text, but for those of the workloads, which have to.
    private func leaks(of text: String, in folder: String) async throws -> [String] {
        let found = try await site.run("grep", ["-rlaF", text, folder])
        return found.output.split(separator: "\n").map(String.init).filter { !$0.contains("/home/workloads/") }
    }

    @Test func oneArchiveIsAppliedForTwoEnvironments() async throws {
        defer { site.end() }
        try await site.commit(tag: "v1.0.0")
        let archive = site.scratch.path("trial.sheaf")
        let packed = try await site.sheaf("pack", site.bundle, "-o", archive)
        #expect(packed.code == 0, "\(packed)")
        let applied = try await apply(archive)
        #expect(applied.code == 0, "\(applied)")
        let development = try await environment()
        #expect(development["STAGE"] == "dev")
        #expect(development["LEVEL"] == "1")
        #expect(development["FROM"] == "outside")
        #expect(development["TOKEN"] == Self.hush)
        #expect(development["URL"] == "http://me:\(Self.hush)@dev.example.org/")
        let production = try await apply(archive, ["--environment", "prod", "--set", "level=2"])
        #expect(production.code == 0, "\(production)")
        #expect(try await environment()["URL"] == "http://me:\(Self.hush)@prod.example.org/")
        #expect(try await environment()["LEVEL"] == "2")
        let history = try await site.sheaf("history", "trial", "--output", "json")
        #expect(history.output.contains("\"environment\" : \"prod\""), "\(history.output)")
        #expect(history.output.contains("--set level"), "\(history.output)")
        let again = try await apply(archive, ["-e", "prod", "--set", "level=2"])
        #expect(again.errors.contains("nothing to do"), "\(again)")
        let fromDirectory = try await apply(site.bundle, ["-e", "prod", "--set", "level=2"])
        #expect(fromDirectory.errors.contains("nothing to do"), "the same commit is the same archive: \(fromDirectory)")
        #expect(try await site.sheaf("rollback", "trial").code == 0)
        #expect(try await environment()["STAGE"] == "dev")
    }

    @Test func aSecretIsNowhereButInItsWorkload() async throws {
        defer { site.end() }
        let variables = ["SHEAF_SECRET_TOKEN": Self.hush, "SHEAF_TRIAL": "outside"]
        var words = ""
        for command in [["plan"], ["resolve"], ["resolve", "--show-values-from"], ["apply", "--output", "json"]] {
            let result = try await site.run(
                "\(Site.built)/sheaf",
                [command[0], site.bundle] + command.dropFirst(),
                environment: variables
            )
            #expect(result.code == 0, "\(result)")
            words += result.output + result.errors
        }
        let changed = try await site.run(
            "\(Site.built)/sheaf",
            ["plan", site.bundle, "--output", "json"],
            environment: variables.merging(["SHEAF_SECRET_TOKEN": Self.other]) { $1 }
        )
        #expect(changed.output.contains("secret.data.TOKEN"), "\(changed)")
        #expect(changed.output.contains("•••"), "\(changed)")
        words += changed.output + changed.errors
        words += try await site.sheaf("history", "trial", "--output", "json").output
        words += try await site.sheaf("status", "trial", "--output", "json").output
        #expect(!words.contains(Self.hush) && !words.contains(Self.other) && !words.contains("sealed"), "\(words)")
        #expect(try await leaks(of: Self.hush, in: site.home) == [])
        let key = try FileManager.default.attributesOfItem(atPath: "\(site.home)/keys/store.key")
        #expect(key[.posixPermissions] as? Int == 0o600)
        let same = try await apply(site.bundle)
        #expect(same.errors.contains("nothing to do"), "\(same)")
    }

    @Test func aRollbackRestoresTheSecretOfItsRevision() async throws {
        defer { site.end() }
        #expect(try await apply(site.bundle).code == 0)
        let changed = try await apply(site.bundle, secret: Self.other)
        #expect(changed.code == 0, "\(changed)")
        #expect(try await environment()["TOKEN"] == Self.other)
        let back = try await site.sheaf("rollback", "trial")
        #expect(back.code == 0, "\(back)")
        #expect(try await environment()["TOKEN"] == Self.hush)
        #expect(try await environment()["URL"]?.contains(Self.hush) == true)
        try FileManager.default.moveItem(atPath: "\(site.home)/keys", toPath: "\(site.home)/lost")
        let closed = try await site.sheaf("rollback", "trial")
        #expect(closed.code == 1, "\(closed)")
        #expect(closed.errors.contains("was sealed with a key that is not in"), "\(closed)")
        #expect(try await environment()["TOKEN"] == Self.hush, "what runs goes on")
    }

    @Test func whatIsMissingIsReportedBeforeAnythingIsDone() async throws {
        try site.write("values.yaml", "stage: ${{ values.host }}\nhost: ${{ values.stage }}\nsecond: 1\n")
        let failed = try await site.sheaf("apply", site.bundle)
        #expect(failed.code == 65, "\(failed)")
        #expect(failed.errors.contains("error[values.cycle]"), "\(failed)")
        #expect(failed.errors.contains("values.stage -> values.host -> values.stage"), "\(failed)")
        #expect(failed.errors.contains("did you mean 'values.second'?"), "\(failed)")
        #expect(failed.errors.contains("error[values.missing-secret]"), "\(failed)")
        #expect(failed.errors.contains("warning[values.undefined-variable]"), "\(failed)")
        #expect(!FileManager.default.fileExists(atPath: site.home))
        let valid = try await site.sheaf("validate", site.bundle, "--strict")
        #expect(valid.code == 0, "\(valid)")
        let unknown = try await site.sheaf("plan", site.bundle, "--environment", "pord")
        #expect(unknown.code == 65 && unknown.errors.contains("did you mean 'prod'?"), "\(unknown)")
        let shown = try await site.sheaf("resolve", site.bundle, "--show-values-from")
        #expect(shown.code == 65 && shown.output.contains("(not defined)"), "\(shown)")
    }

    @Test func secretsOfAFileMustBeForTheOwnerOnly() async throws {
        let file = site.scratch.path("secrets.yaml")
        try Data("TOKEN: \(Self.hush)\n".utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let refused = try await site.sheaf("plan", site.bundle, "--secrets", file)
        #expect(refused.code == 65 && refused.errors.contains("chmod 600"), "\(refused)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let planned = try await site.sheaf("plan", site.bundle, "--secrets", file, "--disable-interpolation")
        #expect(planned.code == 0, "\(planned)")
        #expect(!(planned.output + planned.errors).contains(Self.hush))
        let traced = try await site.sheaf("resolve", site.bundle, "--secrets", file, "--show-values-from", "-o", "json")
        #expect(traced.output.contains("secrets.yaml:1"), "\(traced)")
        #expect(!FileManager.default.fileExists(atPath: site.home), "looking makes no key")
    }
}
