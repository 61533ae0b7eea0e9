import FoundationEssentials
import Glibc
import SheafTestSupport
import Testing

/// Repositories of every kind, through the real program.
@Suite struct GitJourneyTests {
    private struct Packed: Decodable {
        var version: String
        var digest: String
    }

    private func site(tag: String? = "v1.2.0") async throws -> Site {
        let site = try Site()
        try site.write("bundle.yaml", Self.manifest)
        try site.write("sql/a.sql", "select 1\n")
        try await site.commit(tag: tag)
        return site
    }

    private static let manifest = """
        name: shop
        version: v1beta
        type: bundle
        layer: user
        bundle:
          resources:
            - id: notes
              workspace: shop
              spec:
                name: notes
                version: v1beta
                type: volume
                layer: user
                volume: {size: 1Mi, accessMode: ReadWriteMany, type: persistent}
          workspaces:
            - name: shop
              layer: user

        """

    private func pack(
        _ site: Site,
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> Packed {
        let target = site.scratch.path("packed.sheaf")
        let result = try await site.run(
            "\(Site.built)/sheaf",
            ["pack"] + arguments + ["-o", target, "--output", "json"],
            environment: environment
        )
        try #require(result.code == 0, "\(result)")
        return try JSONDecoder().decode(Packed.self, from: Data(result.output.utf8))
    }

    private func git(_ site: Site, _ arguments: String...) async throws {
        let result = try await site.run(
            "git",
            ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"] + arguments,
            environment: ["GIT_CONFIG_GLOBAL": "/dev/null"]
        )
        try #require(result.code == 0, "\(arguments): \(result.errors)")
    }

    @Test func variablesOfGitChangeNothing() async throws {
        let site = try await site()
        let expected = try await pack(site, site.bundle)
        #expect(expected.version == "1.2.0")
        let other = try await self.site(tag: "v9.0.0")
        let found = try await pack(
            site,
            site.bundle,
            environment: [
                "GIT_DIR": "\(other.bundle)/.git", "GIT_WORK_TREE": other.bundle, "GIT_COMMON_DIR": "/nowhere",
                "GIT_INDEX_FILE": "/nowhere", "GIT_OBJECT_DIRECTORY": "/nowhere", "GIT_NAMESPACE": "n",
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere", "GIT_CEILING_DIRECTORIES": site.scratch.path,
                "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true",
                "GIT_CONFIG_GLOBAL": "/nowhere", "GIT_CONFIG": "/nowhere", "GIT_NO_REPLACE_OBJECTS": "1",
                "GIT_REPLACE_REF_BASE": "refs/heads", "GIT_SHALLOW_FILE": "/nowhere", "GIT_ATTR_SOURCE": "nowhere",
                "GIT_LITERAL_PATHSPECS": "1", "GIT_EXTERNAL_DIFF": "false", "GIT_TRACE": "2",
            ]
        )
        #expect(found.digest == expected.digest)
    }

    @Test func theUsersConfigurationOfGitChangesNothing() async throws {
        let site = try await site()
        let expected = try await pack(site, site.bundle, "--worktree")
        let home = site.scratch.path("user")
        try FileManager.default.createDirectory(atPath: "\(home)/git", withIntermediateDirectories: true)
        let text = "[core]\n\tautocrlf = true\n\teol = crlf\n\tattributesFile = \(home)/attributes\n\tsafecrlf = true\n"
        try Data(text.utf8).write(to: URL(filePath: "\(home)/.gitconfig"))
        try Data("* export-ignore text\n".utf8).write(to: URL(filePath: "\(home)/attributes"))
        try Data("* export-ignore\n".utf8).write(to: URL(filePath: "\(home)/git/attributes"))
        for arguments in [[site.bundle], [site.bundle, "--worktree"]] {
            let target = site.scratch.path("packed.sheaf")
            let result = try await site.run(
                "\(Site.built)/sheaf",
                ["pack"] + arguments + ["-o", target, "--output", "json"],
                environment: ["HOME": home, "XDG_CONFIG_HOME": home]
            )
            #expect(result.output.contains(expected.digest), "\(result)")
        }
    }

    @Test func aBundleOfABareRepositoryIsPackedByItsDirectory() async throws {
        let site = try Site()
        try site.write("data/shop/bundle.yaml", Self.manifest)
        try await site.commit(tag: "shop/v2.0.0")
        try await git(site, "clone", "-q", "--bare", site.bundle, site.scratch.path("shop.git"))
        let bare = try await pack(site, site.scratch.path("shop.git/data/shop"), "--ref", "main")
        #expect(bare.version == "2.0.0")
        #expect(try await pack(site, "\(site.bundle)/data/shop").digest == bare.digest)
        let refused = try await site.sheaf("pack", site.scratch.path("shop.git"), "--worktree")
        #expect(refused.code != 0 && refused.errors.contains("error[archive.no-working-tree]"), "\(refused)")
    }

    @Test func aShallowCloneThatHidesTheTagAsksForTheVersion() async throws {
        let site = try await site()
        try site.write("more", "x")
        try await site.commit()
        let clone = site.scratch.path("shallow")
        try await git(site, "clone", "-q", "--depth", "1", "file://\(site.bundle)", clone)
        let refused = try await site.sheaf("pack", clone)
        #expect(refused.code == 64, "\(refused)")
        #expect(refused.errors.contains("git fetch --unshallow --tags"), "\(refused)")
        #expect(try await pack(site, clone, "--bundle-version", "1.3.0").version == "1.3.0")
        let invalid = try await site.sheaf("pack", clone, "--bundle-version", "v1")
        #expect(invalid.errors.contains("error[archive.invalid-version]"), "\(invalid)")
    }

    @Test func submodulesAreTakenWhenAskedForAndStandInTheProvenance() async throws {
        let library = try await site(), site = try await site()
        try await git(site, "-C", site.bundle, "submodule", "add", "-q", library.bundle, "lib")
        try await site.commit()
        let refused = try await site.sheaf("pack", site.bundle)
        #expect(refused.code == 65 && refused.errors.contains("error[archive.submodule]"), "\(refused)")
        let packed = try await pack(site, site.bundle, "--submodules")
        #expect(try await pack(site, site.bundle, "--submodules", "--worktree").digest == packed.digest)
        let provenance = try await site.run(
            "tar",
            ["--zstd", "-xOf", site.scratch.path("packed.sheaf"), "provenance.json"]
        )
        #expect(provenance.output.contains(#""name":"submodule:lib""#), "\(provenance)")
        #expect(try await site.sheaf("verify", site.scratch.path("packed.sheaf")).code == 0)
        let inspected = try await site.sheaf("inspect", site.scratch.path("packed.sheaf"), "-o", "json")
        #expect(inspected.output.contains(#""path" : "lib""#) || inspected.output.contains(#""path":"lib""#))
    }

    @Test func pointersOfGitLFSAreRefusedUnlessAllowedAndThenReported() async throws {
        let site = try await site()
        let hex = String(repeating: "ab", count: 32)
        try site.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:\(hex)\nsize 1000\n")
        try await site.commit()
        for arguments in [["pack", site.bundle], ["pack", site.bundle, "--worktree"], ["apply", site.bundle]] {
            let refused = try await site.run("\(Site.built)/sheaf", arguments)
            #expect(refused.code != 0 && refused.errors.contains("error[archive.lfs-pointer]"), "\(refused)")
            #expect(refused.errors.contains("git lfs fetch"), "\(refused)")
        }
        #expect(try await site.sheaf("validate", site.bundle).code == 0)
        let target = site.scratch.path("a.sheaf")
        let allowed = try await site.sheaf("pack", site.bundle, "--allow-lfs-pointers", "-o", target)
        #expect(allowed.code == 0, "\(allowed)")
        #expect(allowed.errors.contains("warning[archive.lfs-pointer]: 'big.bin'"), "\(allowed)")
        let strict = try await site.sheaf("pack", site.bundle, "--allow-lfs-pointers", "--strict", "-o", target)
        #expect(strict.code == 65, "\(strict)")
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func aRepositoryOfAnotherUserIsReadOnceItIsDeclaredSafe() async throws {
        let site = try await site()
        let expected = try await pack(site, site.bundle)
        let given = try await site.run("chown", ["-R", "4242:4242", site.bundle])
        try #require(given.code == 0)
        let home = site.scratch.path("user")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let user = ["HOME": home, "XDG_CONFIG_HOME": home]
        let refused = try await site.run("\(Site.built)/sheaf", ["pack", site.bundle], environment: user)
        #expect(refused.code != 0 && refused.errors.contains("error[archive.foreign-repository]"), "\(refused)")
        #expect(refused.errors.contains("safe.directory '\(site.bundle)'"), "\(refused)")
        let allowed = try await site.run(
            "git",
            ["config", "--global", "--add", "safe.directory", site.bundle],
            environment: user
        )
        try #require(allowed.code == 0)
        #expect(try await pack(site, site.bundle, environment: user).digest == expected.digest)
    }
}
