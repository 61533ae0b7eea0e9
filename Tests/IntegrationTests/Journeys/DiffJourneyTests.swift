import FoundationEssentials
import SheafTestSupport
import Testing

/// `sheaf diff` through the real program.
@Suite struct DiffJourneyTests {
    private static let hush = "hush-hush-4711", other = "other-hush-0815"
    private static let literal = "correct-horse-battery", rotated = "staple-of-another-kind"
    private let site: Site

    init() throws { site = try Site() }

    /// A bundle with a secret of each sort: written in a manifest, filled in, and in a file.
    private func write(seconds: Int = 100_000, literal: String = Self.literal, name: String = "trial") throws {
        try site.write(
            "bundle.yaml",
            """
            name: \(name)
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: trialspace
                  layer: user
              resources:
                - id: written
                  workspace: trialspace
                  spec:
                    name: written
                    version: v1
                    type: secret
                    secret:
                      type: key-value
                      acl: r
                      data:
                        PASSWORD: \(literal)
                - id: filled
                  workspace: trialspace
                  spec:
                    name: filled
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
                    name: worker
                    version: v1beta
                    type: worker
                    worker:
                      stack: container
                      compute: runnable-default
                      dataosSecrets:
                        - name: filled
                          allKeys: true
                      envs:
                        STAGE: ${{ values.stage }}
                        API_TOKEN: \(literal)-api
                        URL: http://me:${{ secrets.TOKEN }}@localhost/
                      stackSpec:
                        command: [sleep]
                        arguments: ["\(seconds)"]

            """
        )
        try site.write("values.yaml", "stage: dev\npassword: \(literal)-value\n")
        try site.write("settings/app.env", "MODE=fast\nKEY=\(literal)-env\n")
    }

    /// Everything that must never show.
    private func expectNoSecret(_ result: Site.Result, _ comment: Comment? = nil) {
        for secret in [Self.hush, Self.other, Self.literal, Self.rotated, "sealed.v1"] {
            #expect(!result.output.contains(secret) && !result.errors.contains(secret), comment)
        }
    }

    private func apply(secret: String) async throws {
        let applied = try await site.sheaf("apply", site.bundle, environment: ["SHEAF_SECRET_TOKEN": secret])
        #expect(applied.code == 0, "\(applied)")
    }

    @Test func aSecretFileBehindALinkAndAFilledInSecretDoNotShow() async throws {
        func write(_ text: String) throws {
            try site.write("real.txt", "first \(text)\n")
            try site.write("values.yaml", "db:\n  password: \(text)-value\n")
        }
        try site.write(
            "bundle.yaml",
            """
            name: trial
            version: v1beta
            type: bundle
            description: use -p ${{ values.db.password }}
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
                      files:
                        l: link.txt

            """
        )
        try FileManager.default.createSymbolicLink(
            atPath: "\(site.bundle)/link.txt",
            withDestinationPath: "real.txt"
        )
        try write(Self.literal)
        try await site.commit(tag: "v1.0.0")
        try write(Self.rotated)
        try site.write("copy.txt", "first \(Self.rotated)\n")
        try await site.commit(tag: "v1.1.0")
        for more in [[], ["-o", "json"], ["--set", "x=1"], ["--set", "x=1", "-o", "json"]] {
            let sides = ["\(site.bundle)@v1.0.0", "\(site.bundle)@v1.1.0"]
            let found = try await site.run("\(Site.built)/sheaf", ["diff"] + sides + more)
            #expect(found.code == 0, "\(found)")
            #expect(found.output.contains("a secret: the content is not shown"), "\(found)")
            expectNoSecret(found, "\(more) \(found)")
        }
    }

    @Test func archivesDirectoriesAndRevisionsCompare() async throws {
        try write()
        try site.write("old/name.txt", "the same text\n")
        try site.write("run.sh", "#!/bin/sh\n")
        try await site.commit(tag: "v1.0.0")
        let one = site.scratch.path("one.sheaf"), two = site.scratch.path("two.sheaf")
        #expect(try await site.sheaf("pack", site.bundle, "-o", one).code == 0)
        try write(seconds: 200_000, literal: Self.rotated)
        try FileManager.default.moveItem(atPath: "\(site.bundle)/old", toPath: "\(site.bundle)/new")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(site.bundle)/run.sh")
        try FileManager.default.createSymbolicLink(atPath: "\(site.bundle)/link", withDestinationPath: "run.sh")
        try site.write("data.bin", "a\0b")
        try await site.commit(tag: "v1.1.0")
        #expect(try await site.sheaf("pack", site.bundle, "-o", two).code == 0)

        let found = try await site.sheaf("diff", one, two)
        #expect(found.code == 0, "\(found)")
        for line in [
            "--- \(one): trial 1.0.0 (archive, commit ", "+++ \(two): trial 1.1.0 (archive, commit ",
            #"version: "1.0.0" -> "1.1.0""#, "~ worker:worker:trialspace",
            #"worker.stackSpec.arguments[0]: "100000" -> "200000""#, "worker.envs.API_TOKEN: ••• -> •••",
            "secret.data.PASSWORD: ", "rename from old/name.txt\nrename to new/name.txt",
            "old mode 100644\nnew mode 100755", "new file mode 120000\n+link to run.sh",
            "Binary files differ: (none) -> 3 bytes", "-KEY=•••\n+KEY=•••", "-password: •••\n+password: •••",
            "-            PASSWORD: •••\n+            PASSWORD: •••",
            "Resources: 0 added, 0 removed, 2 changed, 1 unchanged. Files: 2 added, 0 removed, 4 changed, 1 renamed",
        ] { #expect(found.output.contains(line), "\(line)\n\(found.output)") }
        expectNoSecret(found)

        // The same two, each read from another place.
        let revisions = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", "\(site.bundle)@v1.1.0", "--exit-code")
        #expect(revisions.code == 2, "\(revisions)")
        let sections = found.output.split(separator: "\n").dropFirst(2)
        #expect(revisions.output.split(separator: "\n").dropFirst(2) == sections)
        let directory = try await site.sheaf("diff", one, site.bundle)
        #expect(directory.output.split(separator: "\n").dropFirst(2) == sections)
        for (left, right) in [(two, site.bundle), (site.bundle, two), (two, "\(site.bundle)@v1.1.0"), (one, one)] {
            let same = try await site.sheaf("diff", left, right, "--exit-code")
            #expect(same.code == 0 && same.output.contains("No differences."), "\(left) \(right) \(same)")
        }
    }

    @Test func releasesCompareAndNoSecretShows() async throws {
        defer { site.end() }
        try write()
        try await apply(secret: Self.hush)
        try write(literal: Self.rotated)
        try await apply(secret: Self.other)
        let releases = try await site.sheaf("diff", "trial@1", "trial@2")
        #expect(releases.output.contains("trial@1: trial 0.0.0 (revision 1, superseded"), "\(releases)")
        #expect(releases.output.contains("(revision 2, live"), "\(releases)")
        #expect(releases.output.contains("secret.data.TOKEN: ••• -> •••  (a secret, and another one)"), "\(releases)")
        #expect(releases.output.contains("worker.envs.URL: ••• -> •••"), "\(releases)")
        #expect(releases.output.contains("3 changed"), "\(releases)")
        expectNoSecret(releases)
        expectNoSecret(try await site.sheaf("diff", "trial@1", "trial@2", "-o", "json"))
        expectNoSecret(try await site.sheaf("diff", "trial@1", "trial@2", "-o", "yaml", "--context", "100"))

        // What is live is what is in the directory, once the secret is given; and unknown without it.
        let given = try await site.sheaf(
            "diff",
            "trial",
            site.bundle,
            "--exit-code",
            environment: ["SHEAF_SECRET_TOKEN": Self.other]
        )
        #expect(given.code == 0 && given.output.contains("No differences."), "\(given)")
        let unknown = try await site.sheaf("diff", "trial@live", site.bundle, "--exit-code")
        #expect(unknown.code == 0 && unknown.output.contains("the secret 'TOKEN' is not given"), "\(unknown)")
        let changed = try await site.sheaf(
            "diff",
            "trial",
            site.bundle,
            "--exit-code",
            "--set",
            "stage=prod",
            environment: ["SHEAF_SECRET_TOKEN": Self.hush]
        )
        #expect(changed.code == 2, "\(changed)")
        #expect(changed.output.contains(#"worker.envs.STAGE: "dev" -> "prod""#), "\(changed)")
        #expect(changed.output.contains("secret.data.TOKEN: ••• -> •••"), "\(changed)")
        expectNoSecret(changed)

        #expect(try await site.sheaf("delete", "trial").code == 0)
        let deleted = try await site.sheaf("diff", "trial@2", "trial")
        #expect(deleted.output.contains("0 added, 3 removed"), "\(deleted)")
        expectNoSecret(deleted)
    }

    @Test func programsGetOneDocument() async throws {
        struct Document: Decodable {
            struct Side: Decodable { var name: String, version: String?, form: String, isFilledIn: Bool }
            struct Difference: Decodable { var path: String, isSecret: Bool }
            struct Resource: Decodable { var action: String, resource: String, differences: [Difference] }
            struct File: Decodable {
                var action: String, path: String, insertions: Int?, deletions: Int?, patch: String?
            }
            var from: Side, to: Side
            var isEqual: Bool
            var resources: [Resource]
            var files: [File]
            var notes: [String]
        }
        try write()
        try await site.commit(tag: "v1.0.0")
        try write(seconds: 7, name: "other")
        let result = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", site.bundle, "-o", "json")
        let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
        #expect(!document.isEqual && document.from.form == "revision" && document.to.form == "working-tree")
        #expect(document.from.name == "trial" && document.to.name == "other" && !document.to.isFilledIn)
        #expect(document.resources.map(\.resource) == ["worker:worker:trialspace"])
        #expect(document.resources.first?.differences.map(\.path) == ["worker.stackSpec.arguments[0]"])
        let file = try #require(document.files.first)
        #expect(file.path == "bundle.yaml" && file.insertions == 2 && file.deletions == 2)
        #expect(file.patch?.hasPrefix("@@ -1,") == true && file.patch?.contains("+name: other") == true)
        let text = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", site.bundle)
        #expect(text.output.contains("these are two bundles, 'trial' and 'other'"), "\(text)")
        #expect(!text.output.contains("\u{1B}"))
        let names = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", site.bundle, "--name-only")
        #expect(names.output == "worker:worker:trialspace\nbundle.yaml\n")
        let counts = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", site.bundle, "--stat")
        #expect(counts.output.contains("M bundle.yaml  +2 -2"), "\(counts)")
        let short = try await site.sheaf("diff", "\(site.bundle)@v1.0.0", site.bundle, "--max-lines", "1")
        #expect(short.output.contains("more lines are not shown (--max-lines 0 shows all)"), "\(short)")
    }

    @Test func whatIsNotThereIsNamedWithWhatComesNear() async throws {
        defer { site.end() }
        try write()
        try await apply(secret: Self.hush)
        func expect(_ left: String, _ right: String, _ code: Int32, _ words: String...) async throws {
            let result = try await site.sheaf("diff", left, right)
            #expect(result.code == code, "\(result)")
            for text in words { #expect(result.errors.contains(text), "\(text): \(result)") }
        }
        try await expect("trail", site.bundle, 65, "source.missing", "did you mean 'trial'?")
        try await expect("trail@1", site.bundle, 65, "did you mean 'trial@1'?")
        try await expect("bundel", "trial", 65, "did you mean 'bundle'?")
        try await expect("trial@9", "trial", 65, "'trial' has no revision 9", "sheaf history trial")
        try await expect("trial@v1", "trial", 65, "'v1' is no revision of the bundle 'trial'")
        let broken = site.scratch.path("broken.sheaf")
        try Data("no archive".utf8).write(to: URL(filePath: broken))
        try await expect(broken, "trial", 65, "archive.not-zstd")
        let both = try await site.sheaf("diff", "trial", "trial", "--stat", "--name-only")
        #expect(both.code == 64)
    }

    @Test func whatIsOnTheDiskWinsOverABundleOfTheSameName() async throws {
        defer { site.end() }
        // The scratch folder is the working directory, so 'bundle' is the folder as well as the bundle.
        try write(name: "bundle")
        try await site.commit(tag: "v1.0.0")
        try await apply(secret: Self.hush)
        try write(seconds: 5, name: "bundle")
        let folder = try await site.sheaf("diff", "bundle@1", "bundle", environment: ["SHEAF_SECRET_TOKEN": Self.hush])
        #expect(folder.output.contains("--- bundle@1: bundle 1.0.0 (revision 1, live"), "\(folder)")
        #expect(folder.output.contains("+++ bundle: bundle 1.0.0 (working tree"), "\(folder)")
        #expect(folder.output.contains(#"arguments[0]: "100000" -> "5""#), "\(folder)")
        let tag = try await site.sheaf("diff", "bundle@v1.0.0", "bundle@live")
        #expect(tag.output.contains("--- bundle@v1.0.0: bundle 1.0.0 (git revision"), "\(tag)")
        #expect(tag.output.contains("+++ bundle@live: bundle 1.0.0 (revision 1, live"), "\(tag)")
    }
}
