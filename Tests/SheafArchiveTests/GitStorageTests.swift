import FoundationEssentials
import SheafArchive
import SheafModel
import Testing

/// A commit is the same however and wherever git keeps it.
@Suite struct GitStorageTests {
    private static let files = ["bundle.yaml": "name: shop\n", "sql/a.sql": "select 1\n", "empty": ""]

    private func digest(_ path: String, _ revision: String? = nil) throws -> Digest {
        try SourceTree.commit(directory: path, revision: revision).packed().digest
    }

    private func git(_ folder: Scratch, _ arguments: String...) async throws {
        try await Commands.run("git", arguments, in: folder.path)
    }

    /// Three commits with a tag and a merge.
    private func history() async throws -> Repository {
        let repository = try await Repository(Self.files)
        try await repository.git("tag", "-a", "-m", "one", "v1.0.0")
        try await repository.git("checkout", "-q", "-b", "side")
        try repository.scratch.write("side.sql", "select 2\n")
        try await repository.commit("side")
        try await repository.git("checkout", "-q", "main")
        try repository.scratch.write("main.sql", "select 3\n")
        try await repository.commit("main")
        try await repository.git("merge", "-q", "--no-edit", "side")
        return repository
    }

    @Test func aRevisionMeansWhatGitMeansByIt() async throws {
        let repository = try await history()
        try await repository.git("tag", "light", "HEAD~1")
        try await repository.git("-c", "advice.nestedTag=false", "tag", "-a", "-m", "nested", "nested", "v1.0.0")
        try await repository.git("branch", "light", "side")
        let short = try await repository.git("rev-parse", "--short", "HEAD^2")
        let full = try await repository.git("rev-parse", "HEAD^1")
        let described = try await repository.git("describe", "--tags", "side")
        let names = [
            "HEAD", "@", "main", "side", "heads/side", "refs/heads/main", "v1.0.0", "tags/v1.0.0", "light", "nested",
            "v1.0.0^{}", "v1.0.0^{commit}", "nested^{}", "HEAD~1", "HEAD~2", "HEAD^2", "HEAD^2~1", "HEAD@{0}",
            ":/side", "HEAD^{/first}", String(short.dropLast()), String(full.dropLast()), String(described.dropLast()),
        ]
        for name in names {
            let expected = try await repository.git("rev-list", "-1", name)
            let commit = try SourceTree.commit(directory: repository.path, revision: name).provenance.commit
            #expect(commit.map { $0 + "\n" } == expected, "\(name)")
        }
    }

    @Test func whatIsNoCommitIsRefusedWithWhatItIs() async throws {
        let repository = try await history()
        try await repository.git("tag", "tree", "HEAD^{tree}")
        try await repository.git("tag", "file", "HEAD:bundle.yaml")
        for name in ["tree", "file", "HEAD:bundle.yaml", "HEAD^3", "HEAD~99", "a..b", "", "no such"] {
            #expect(
                code { _ = try SourceTree.commit(directory: repository.path, revision: name) }
                    == "archive.unknown-revision",
                "\(name)"
            )
        }
        let error = #expect(throws: ArchiveError.self) {
            try SourceTree.commit(directory: repository.path, revision: "tree")
        }
        #expect(error?.message.contains("names a tree") == true)
    }

    @Test func anIDThatSeveralObjectsBeginWithIsAmbiguous() async throws {
        let repository = try await Repository()
        // Two of so many surely begin with the same four digits.
        for number in 0..<1500 { try repository.scratch.write("f/\(number)", "\(number)") }
        try await repository.commit("many")
        let listing = try await repository.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
        let starts = listing.split(separator: "\n").map { $0.prefix(4) }
        let twice = try #require(zip(starts, starts.dropFirst()).first { $0 == $1 }?.0)
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: String(twice)) }
                == "archive.ambiguous-revision"
        )
    }

    @Test func anUnbornBranchHasNoCommitYet() async throws {
        let repository = try await Repository([:])
        for name in [nil, "HEAD", "@"] {
            #expect(
                code { _ = try SourceTree.commit(directory: repository.path, revision: name) } == "archive.no-commit"
            )
        }
        // Another branch may have commits.
        let other = try await Repository()
        try await other.git("checkout", "-q", "--orphan", "new")
        #expect(code { _ = try SourceTree.commit(directory: other.path, revision: "HEAD") } == "archive.no-commit")
        #expect(try SourceTree.commit(directory: other.path, revision: "main").paths.count == 2)
    }

    @Test func clonesOfEveryKindGiveOneArchive() async throws {
        let repository = try await history()
        let expected = try digest(repository.path)
        let clones = try Scratch()
        let url = "file://\(repository.path)"
        try await git(clones, "clone", "-q", "--bare", url, "bare.git")
        try await git(clones, "clone", "-q", "--mirror", url, "mirror.git")
        try await git(clones, "clone", "-q", "--depth", "2", url, "shallow")
        try await git(clones, "clone", "-q", "--no-checkout", url, "no-checkout")
        try await git(clones, "clone", "-q", "--separate-git-dir", clones.path("apart.git"), url, "apart")
        try await git(clones, "clone", "-q", "--shared", repository.path, "shared")
        try await git(clones, "clone", "-q", "--shared", clones.path("shared"), "chained")
        try await git(clones, "clone", "-q", "--reference", clones.path("chained"), url, "reference")
        try await git(clones, "clone", "-q", url, "relative")
        try await git(clones, "clone", "-q", "--shared", clones.path("relative"), "relative-chained")
        for name in ["bare.git", "mirror.git", "no-checkout", "apart", "shared", "chained", "reference"] {
            #expect(try digest(clones.path(name)) == expected, "\(name)")
        }
        // The tag is not in sight of the shallow clone, and nothing else differs.
        let shallow = try SourceTree.commit(directory: clones.path("shallow"), revision: nil)
        #expect(shallow.version != nil || shallow.provenance.tag == nil)
        #expect(shallow.paths == (try SourceTree.commit(directory: repository.path, revision: nil)).paths)
        // Names relative to a repository that is itself borrowed from.
        try FileManager.default.removeItem(atPath: clones.path("relative/.git/objects/pack"))
        let up = clones.path.split(separator: "/").map { _ in "../" }.joined()
        try clones.write(
            "relative/.git/objects/info/alternates",
            "\(up)../../..\(repository.path)/.git/objects\n"
        )
        #expect(try digest(clones.path("relative")) == expected)
        #expect(try digest(clones.path("relative-chained")) == expected)
    }

    @Test func storageOfEveryKindGivesOneArchive() async throws {
        let repository = try await history()
        let expected = try digest(repository.path)
        let steps: [[String]] = [
            ["repack", "-q", "-a", "-d", "-f"],
            ["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f"],
            ["-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d", "-f"],
            ["-c", "core.compression=0", "repack", "-q", "-a", "-d", "-F"],
            ["-c", "core.compression=9", "repack", "-q", "-a", "-d", "-F"],
            ["multi-pack-index", "write"],
            ["repack", "-q", "-a", "-d", "--write-midx", "--write-bitmap-index"],
            ["commit-graph", "write", "--reachable", "--changed-paths"],
            ["pack-refs", "--all"],
            ["gc", "-q", "--aggressive", "--prune=now"],
        ]
        for step in steps {
            try await Commands.run("git", step, in: repository.path)
            #expect(try digest(repository.path) == expected, "\(step)")
        }
    }

    @Test func linkedWorkingTreesAreRepositories() async throws {
        let repository = try await history()
        let expected = try digest(repository.path, "side")
        let trees = try Scratch()
        try await repository.git("worktree", "add", "-q", trees.path("linked"), "side")
        #expect(try digest(trees.path("linked")) == expected)
        #expect(try SourceTree.workingTree(directory: trees.path("linked")).packed().digest == expected)
        // As `git worktree add --relative-paths` leaves it.
        let up = trees.path("linked").split(separator: "/").map { _ in ".." }.joined(separator: "/")
        try trees.write("linked/.git", "gitdir: \(up)\(repository.path)/.git/worktrees/linked\n")
        try await repository.git("config", "core.repositoryFormatVersion", "1")
        try repository.scratch.write(
            ".git/config",
            try repository.scratch.read(".git/config") + Array("[extensions]\n\trelativeWorktrees = true\n".utf8)
        )
        #expect(try digest(trees.path("linked")) == expected)
        #expect(try digest(repository.path, "side") == expected)
    }

    @Test func aLinkedWorkingTreeOfAShallowCloneKnowsThatItIsShallow() async throws {
        let repository = try await history()
        let clones = try Scratch()
        try await git(clones, "clone", "-q", "--depth", "1", "file://\(repository.path)", "shallow")
        try await Commands.run("git", ["worktree", "add", "-q", "../linked"], in: clones.path("shallow"))
        #expect(try SourceTree.commit(directory: clones.path("linked"), revision: nil).version == nil)
    }

    @Test func aBareRepositoryHasBundlesInFoldersButNoFiles() async throws {
        let repository = try await Repository(["data/shop/bundle.yaml": "b", "x": "x"])
        let clones = try Scratch()
        try await git(clones, "clone", "-q", "--bare", repository.path, "shop.git")
        let expected = try digest(repository.scratch.path("data/shop"))
        #expect(try digest(clones.path("shop.git/data/shop")) == expected)
        let tree = try SourceTree.commit(directory: clones.path("shop.git/data/shop/"), revision: "main")
        #expect(tree.provenance.subdirectory == "data/shop")
        for path in ["shop.git/refs", "shop.git/objects/pack"] {
            #expect(code { _ = try digest(clones.path(path)) } == "archive.not-in-commit")
        }
        #expect(code { _ = try digest(clones.path("shop.git/data/nope")) } == "archive.no-directory")
        #expect(
            code { _ = try SourceTree.workingTree(directory: clones.path("shop.git")) } == "archive.no-working-tree"
        )
    }

    @Test func aDirectoryThatWasRemovedSinceIsReadFromItsCommit() async throws {
        let repository = try await Repository(["shop/bundle.yaml": "b", "x": "x"])
        let expected = try digest(repository.scratch.path("shop"))
        try await repository.git("rm", "-q", "-r", "shop")
        try await repository.commit("remove it")
        #expect(try digest(repository.scratch.path("shop"), "HEAD~1") == expected)
        #expect(code { _ = try digest(repository.scratch.path("shop")) } == "archive.no-directory")
    }

    @Test(arguments: [
        ("objectFormat = sha256", "by SHA256"), ("refStorage = reftable", "as 'reftable'"),
        ("somethingNew = true", "extension 'somethingnew'"),
    ])
    func storageThatCannotBeReadIsRefusedWithARemedy(_ setting: String, _ words: String) async throws {
        let repository = try await Repository()
        try await repository.git("config", "core.repositoryFormatVersion", "1")
        let config = try repository.scratch.read(".git/config")
        try repository.scratch.write(".git/config", config + Array("[extensions]\n\t\(setting)\n".utf8))
        for body in [
            { _ = try SourceTree.commit(directory: repository.path, revision: nil) },
            { _ = try SourceTree.workingTree(directory: repository.path) },
        ] {
            let error = #expect(throws: ArchiveError.self) { try body() }
            #expect(error?.code == "archive.unsupported-repository")
            #expect(error?.message.contains(words) == true)
            #expect(error?.hint?.contains("archive HEAD | tar -x") == true)
        }
    }

    @Test func aRepositoryWithSHA256IsRefusedAndOneThatSaysSHA1IsNot() async throws {
        let scratch = try Scratch()
        try await git(scratch, "init", "-q", "--object-format=sha256", "new")
        #expect(
            code { _ = try SourceTree.commit(directory: scratch.path("new"), revision: nil) }
                == "archive.unsupported-repository"
        )
        let repository = try await Repository()
        try await repository.git("config", "core.repositoryFormatVersion", "1")
        try await repository.git("config", "extensions.objectFormat", "sha1")
        try await repository.git("config", "extensions.preciousObjects", "true")
        #expect(try SourceTree.commit(directory: repository.path, revision: nil).paths.count == 2)
        try await repository.git("config", "core.repositoryFormatVersion", "2")
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil) }
                == "archive.unsupported-repository"
        )
    }

    @Test func aPartialCloneSaysWhatIsMissingAndHowToGetIt() async throws {
        let repository = try await Repository(Self.files)
        try await repository.git("config", "uploadpack.allowFilter", "true")
        try await repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
        let clones = try Scratch()
        for (name, filter) in [("blobs", "blob:none"), ("trees", "tree:0")] {
            try await git(
                clones,
                "clone",
                "-q",
                "--no-checkout",
                "--filter=\(filter)",
                "file://\(repository.path)",
                name
            )
            let error = #expect(throws: ArchiveError.self) { try digest(clones.path(name)) }
            #expect(error?.code == "archive.missing-object")
            #expect(error?.message.contains("partial clone") == true)
            #expect(error?.hint?.contains(" archive --format=tar -o /dev/null ") == true)
            if name == "blobs" { #expect(error?.message.contains("bundle.yaml and 2 more files") == true) }
        }
        try await Commands.run(
            "git",
            ["archive", "--format=tar", "-o", "/dev/null", "HEAD"],
            in: clones.path("blobs")
        )
        #expect(try digest(clones.path("blobs")) == digest(repository.path))
    }

    @Test func aMissingObjectIsToldFromAMissingRevision() async throws {
        let repository = try await Repository()
        let head = try await repository.git("rev-parse", "HEAD").dropLast()
        let object = repository.scratch.path(".git/objects/\(head.prefix(2))/\(head.dropFirst(2))")
        try FileManager.default.removeItem(atPath: object)
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil) } == "archive.missing-object"
        )
    }

    @Test func replacementsAndGraftsChangeNothing() async throws {
        let repository = try await history()
        let expected = try digest(repository.path)
        try await repository.git("replace", "HEAD", "HEAD~1")
        let blob = try await repository.git("rev-parse", "HEAD~1:sql/a.sql").dropLast()
        let other = try await repository.git("rev-parse", "HEAD~1:bundle.yaml").dropLast()
        try await repository.git("replace", String(blob), String(other))
        let head = try await repository.git("--no-replace-objects", "rev-parse", "HEAD")
        try repository.scratch.write(".git/info/grafts", head)
        #expect(try digest(repository.path) == expected)
    }

    @Test func aBundleThatIsARepositoryOfItsOwnIsReadFromThat() async throws {
        let repository = try await Repository(["x": "x"])
        try repository.scratch.write("shop/bundle.yaml", "b")
        let inner = repository.scratch.path("shop")
        try await Commands.run("git", ["init", "-q", "-b", "main"], in: inner)
        try await Commands.run("git", ["add", "-A"], in: inner)
        try await Commands.run("git", ["commit", "-q", "-m", "inner"], in: inner)
        let tree = try SourceTree.commit(directory: inner, revision: nil)
        #expect(tree.paths == ["bundle.yaml"])
        #expect(tree.provenance.subdirectory == "")
        #expect(try !SourceTree.workingTree(directory: inner).provenance.dirty)
    }

    @Test func settingsOfTheCloneChangeNothing() async throws {
        let repository = try await Repository([
            "bundle.yaml": "b\n", "crlf.txt": "a\r\nb\r\n", "lf.txt": "a\nb\n", "id.txt": "$Id$\n", "r.sh": "x",
            ".gitattributes": "*.txt text=auto\nid.txt ident\nlf.txt eol=crlf\n*.sh filter=f export-subst\n",
        ])
        let expected = try digest(repository.path)
        for setting in [
            ["core.autocrlf", "true"], ["core.eol", "crlf"], ["core.fileMode", "false"], ["core.symlinks", "false"],
            ["core.ignoreCase", "true"], ["core.precomposeUnicode", "true"], ["core.quotePath", "false"],
            ["filter.f.clean", "false"], ["filter.f.smudge", "false"], ["filter.f.required", "true"],
            ["core.attributesFile", "/dev/null"], ["core.excludesFile", "/dev/null"], ["core.bigFileThreshold", "1"],
        ] { try await Commands.run("git", ["config"] + setting, in: repository.path) }
        try repository.scratch.write(".git/info/attributes", "* export-ignore\n")
        try repository.scratch.write(".git/info/exclude", "*\n")
        #expect(try digest(repository.path) == expected)
    }
}
