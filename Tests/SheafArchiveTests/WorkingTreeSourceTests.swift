import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct WorkingTreeSourceTests {
    private static let files = [
        "bundle.yaml": "name: shop\n", "sql/a.sql": "select 1\n", "tests/t.sql": "no", "notes/keep.md": "k",
        "notes/draft.md": "d", ".gitattributes": "tests export-ignore\n", ".sheafignore": "*.md\n!keep.md\n",
        ".gitignore": "out/\n",
    ]

    @Test func aCleanTreeAndItsCommitGiveTheSameArchive() async throws {
        let repository = try await Repository(Self.files)
        try repository.scratch.write("run.sh", "#!/bin/sh\n", isExecutable: true)
        repository.scratch.link("link", to: "sql/a.sql")
        try await repository.commit("more")
        try repository.scratch.write("out/x", "ignored")
        try repository.scratch.write("draft.md", "excluded, so it does not matter")
        let commit = try SourceTree.commit(directory: repository.path, revision: nil)
        let tree = try SourceTree.workingTree(directory: repository.path)
        #expect(commit.paths == tree.paths)
        #expect(
            commit.paths == [
                ".gitattributes", ".gitignore", ".sheafignore", "bundle.yaml", "link", "notes/keep.md", "run.sh",
                "sql/a.sql",
            ]
        )
        #expect(commit.provenance == tree.provenance)
        #expect(try commit.packed().digest == tree.packed().digest)
    }

    @Test func anEditANewFileAndADeletionMakeTheTreeDirty() async throws {
        for change in ["edit", "new", "delete"] {
            let repository = try await Repository(Self.files)
            switch change {
            case "edit": try repository.scratch.write("bundle.yaml", "name: other\n")
            case "new": try repository.scratch.write("sql/new.sql", "select 2\n")
            default: unlink(repository.scratch.path("sql/a.sql"))
            }
            let tree = try SourceTree.workingTree(directory: repository.path)
            #expect(tree.provenance.dirty, "\(change)")
            #expect(tree.paths.contains("sql/new.sql") == (change == "new"))
            #expect(tree.paths.contains("sql/a.sql") == (change != "delete"))
        }
    }

    @Test func everyChangeOfWhatIsPackedMakesTheTreeDirtyAndNothingElse() async throws {
        let changes: [(name: String, isDirty: Bool, make: (Repository) async throws -> Void)] = [
            ("touched", false, { utimes($0.scratch.path("bundle.yaml"), nil) }),
            (
                "staged", true,
                {
                    try $0.scratch.write("bundle.yaml", "x"); try await $0.git("add", "-A")
                }
            ),
            (
                "staged and undone", false,
                {
                    try $0.scratch.write("bundle.yaml", "x")
                    try await $0.git("add", "-A")
                    try $0.scratch.write("bundle.yaml", "name: shop\n")
                }
            ),
            ("executable", true, { chmod($0.scratch.path("sql/a.sql"), 0o755) }),
            ("readable by all", false, { chmod($0.scratch.path("sql/a.sql"), 0o666) }),
            ("ignored", false, { try $0.scratch.write("out/x", "x") }),
            ("excluded", false, { try $0.scratch.write("draft.md", "x") }),
            (
                "link instead of a file", true,
                {
                    unlink($0.scratch.path("sql/a.sql"))
                    $0.scratch.link("sql/a.sql", to: "../bundle.yaml")
                }
            ),
            ("no longer excluded", true, { try $0.scratch.write(".sheafignore", "") }),
            (
                "flag that hides changes", true,
                {
                    try await $0.git("update-index", "--assume-unchanged", "bundle.yaml")
                    try $0.scratch.write("bundle.yaml", "name: shoq\n")
                }
            ),
            (
                "not checked out", true,
                {
                    try await $0.git("update-index", "--skip-worktree", "sql/a.sql")
                    unlink($0.scratch.path("sql/a.sql"))
                }
            ),
            ("removed from the index only", false, { try await $0.git("rm", "-q", "--cached", "bundle.yaml") }),
            ("moved", true, { try await $0.git("mv", "sql/a.sql", "sql/b.sql") }),
            (
                "file modes not kept", false,
                {
                    try await $0.git("config", "core.fileMode", "false")
                    chmod($0.scratch.path("sql/a.sql"), 0o755)
                }
            ),
            (
                "line ends of the clone", true,
                {
                    try await $0.git("config", "core.autocrlf", "true")
                    try $0.scratch.write("sql/a.sql", "select 1\r\n")
                }
            ),
        ]
        for change in changes {
            let repository = try await Repository(Self.files)
            try await change.make(repository)
            let tree = try SourceTree.workingTree(directory: repository.path)
            #expect(tree.provenance.dirty == change.isDirty, "\(change.name)")
            let committed = try SourceTree.commit(directory: repository.path, revision: nil).packed().digest
            #expect(try (tree.packed().digest == committed) == !change.isDirty, "\(change.name)")
        }
    }

    @Test func linksThatTheFileSystemDoesNotKeepAreStillLinks() async throws {
        let repository = try await Repository()
        repository.scratch.link("link", to: "bundle.yaml")
        try await repository.commit("link")
        try await repository.git("config", "core.symlinks", "false")
        unlink(repository.scratch.path("link"))
        try await repository.git("checkout", "-q", "--", "link")
        let tree = try SourceTree.workingTree(directory: repository.path)
        #expect(!tree.provenance.dirty)
        #expect(
            try tree.packed().digest == SourceTree.commit(directory: repository.path, revision: nil).packed().digest
        )
    }

    @Test func aChangeOutsideTheBundleDoesNotMakeItDirty() async throws {
        let repository = try await Repository(["shop/bundle.yaml": "b", "other/x": "x"])
        try repository.scratch.write("other/x", "edited")
        let tree = try SourceTree.workingTree(directory: repository.scratch.path("shop"))
        #expect(!tree.provenance.dirty)
        #expect(tree.paths == ["bundle.yaml"])
        #expect(tree.displayPath("bundle.yaml") == "\(repository.path)/shop/bundle.yaml")
    }

    @Test func withoutARepositoryAllFilesCount() throws {
        let scratch = try Scratch()
        for (name, text) in Self.files { try scratch.write(name, text) }
        try scratch.write("out/x", "no git, so nothing is ignored by it")
        let tree = try SourceTree.workingTree(directory: scratch.path)
        #expect(tree.provenance == Provenance(dirty: true))
        #expect(tree.version == nil)
        #expect(tree.commitTime == nil)
        #expect(tree.paths.contains("out/x"))
        #expect(!tree.paths.contains("tests/t.sql"))
        #expect(!tree.paths.contains("notes/draft.md"))
    }

    @Test func beforeTheFirstCommitTheTreeIsDirtyAndHasNoVersion() async throws {
        let repository = try await Repository([:])
        try repository.scratch.write("bundle.yaml", "b")
        let tree = try SourceTree.workingTree(directory: repository.path)
        #expect(tree.paths == ["bundle.yaml"])
        #expect(tree.provenance.dirty)
        #expect(tree.version == nil)
    }

    @Test func refusesARepositoryInsideAndAPipe() async throws {
        let repository = try await Repository()
        try repository.scratch.write("inner/x", "x")
        try await Commands.run("git", ["init", "-q"], in: repository.scratch.path("inner"))
        let path = repository.path
        #expect(code { _ = try SourceTree.workingTree(directory: path) } == "archive.submodule")
        let scratch = try Scratch()
        mkfifo(scratch.path("pipe"), 0o644)
        #expect(code { _ = try SourceTree.workingTree(directory: scratch.path) } == "archive.special-file")
    }

    @Test func aFileThatGrowsWhileItIsPackedIsAnError() throws {
        let scratch = try Scratch()
        try scratch.write("bundle.yaml", "short")
        let tree = try SourceTree.workingTree(directory: scratch.path)
        try scratch.write("bundle.yaml", "much longer")
        #expect(code { _ = try tree.packed() } == "archive.file-changed")
        unlink(scratch.path("bundle.yaml"))
        #expect(code { _ = try tree.packed() } == "archive.file-changed")
        scratch.link("bundle.yaml", to: "/etc/passwd")
        #expect(code { _ = try tree.packed() } == "archive.file-changed")
    }

    @Test(.enabled(if: getuid() != 0, "optional: root can read everything"))
    func whatCannotBeReadIsAnErrorThatSaysSo() async throws {
        let scratch = try Scratch()
        try scratch.write("closed/x", "x")
        chmod(scratch.path("closed"), 0)
        defer { chmod(scratch.path("closed"), 0o755) }
        #expect(code { _ = try SourceTree.workingTree(directory: scratch.path) } == "archive.unreadable")
        // What is tracked must be readable; git holds a closed folder with nothing tracked in it for empty.
        let repository = try await Repository()
        let closed = repository.scratch.path("sql")
        chmod(closed, 0)
        defer { chmod(closed, 0o755) }
        #expect(code { _ = try SourceTree.workingTree(directory: repository.path) } == "archive.unreadable")
        chmod(closed, 0o755)
        // Whether git has to look into the file, or only the packer does, depends on how old its index is.
        chmod(repository.scratch.path("bundle.yaml"), 0)
        #expect(
            code { _ = try SourceTree.workingTree(directory: repository.path).packed() } == "archive.unreadable"
        )
    }
}
