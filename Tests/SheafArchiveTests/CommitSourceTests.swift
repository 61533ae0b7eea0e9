import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct CommitSourceTests {
    @Test func listsTheCommittedFilesInByteOrder() async throws {
        let repository = try await Repository(["bundle.yaml": "x", "a/b": "1", "a-b": "2", "a.b": "3", "B": "4"])
        try repository.scratch.write("untracked", "no")
        let source = try SourceTree.commit(directory: repository.path, revision: nil)
        #expect(source.paths == ["B", "a-b", "a.b", "a/b", "bundle.yaml"])
        #expect(try source.read("a/b") == Array("1".utf8))
        #expect(try source.read("untracked") == nil)
        #expect(source.commitTime == 1_700_000_000)
        #expect(source.displayPath("a/b") == "\(repository.path)@HEAD:a/b")
        #expect(!source.provenance.dirty)
        let head = try await repository.git("rev-parse", "HEAD")
        #expect(source.provenance.commit.map { $0 + "\n" } == head)
    }

    @Test func readsTheCommitAndNotTheEditedFile() async throws {
        let repository = try await Repository()
        try repository.scratch.write("bundle.yaml", "edited")
        let source = try SourceTree.commit(directory: repository.path, revision: "main")
        #expect(try source.read("bundle.yaml") == Array("name: shop\n".utf8))
    }

    @Test func readsASubdirectoryWithItsTree() async throws {
        let repository = try await Repository(["x/shop/bundle.yaml": "b", "x/shop/t/no": "", "other": "o"])
        try repository.scratch.write(".gitattributes", "/x/shop/t export-ignore\n")
        try await repository.commit("attributes above the bundle")
        let source = try SourceTree.commit(directory: repository.scratch.path("x/shop"), revision: nil)
        #expect(source.paths == ["bundle.yaml"])
        #expect(source.provenance.subdirectory == "x/shop")
        let tree = try await repository.git("rev-parse", "HEAD:x/shop")
        #expect(source.provenance.tree.map { $0 + "\n" } == tree)
    }

    @Test func namesTheRemedyWithoutARepository() throws {
        let scratch = try Scratch()
        let error = #expect(throws: ArchiveError.self) {
            try SourceTree.commit(directory: scratch.path, revision: nil)
        }
        #expect(error?.code == "archive.no-repository")
        #expect(error?.failureClass == .invalidInput)
        #expect(error?.hint?.contains("--worktree") == true)
    }

    @Test func tellsTheKindsOfAbsenceApart() async throws {
        let empty = try await Repository([:])
        #expect(code { _ = try SourceTree.commit(directory: empty.path, revision: nil) } == "archive.no-commit")
        let repository = try await Repository()
        let path = repository.path
        #expect(code { _ = try SourceTree.commit(directory: path, revision: "v9") } == "archive.unknown-revision")
        #expect(code { _ = try SourceTree.commit(directory: path, revision: "a..b") } == "archive.unknown-revision")
        #expect(code { _ = try SourceTree.commit(directory: "\(path)/nope", revision: nil) } == "archive.no-directory")
        try repository.scratch.write("new/file", "x")
        #expect(code { _ = try SourceTree.commit(directory: "\(path)/new", revision: nil) } == "archive.not-in-commit")
    }

    @Test func refusesASubmoduleUnlessItIsExcluded() async throws {
        let repository = try await Repository()
        let head = try await repository.git("rev-parse", "HEAD")
        let id = String(head.prefix(40))
        try await repository.git("update-index", "--add", "--cacheinfo", "160000,\(id),vendor/x")
        try await repository.git("commit", "-q", "-m", "submodule")
        let path = repository.path
        #expect(code { _ = try SourceTree.commit(directory: path, revision: nil) } == "archive.submodule")
        #expect(code { _ = try SourceTree.workingTree(directory: path) } == "archive.submodule")
        try repository.scratch.write(".sheafignore", "vendor/\n")
        try await repository.git("add", ".sheafignore")
        try await repository.git("commit", "-q", "-m", "exclude it")
        #expect(try SourceTree.commit(directory: path, revision: nil).paths.count == 3)
    }

    @Test func refusesNamesThatDoNotTravel() async throws {
        let collision = try await Repository(["a/x": "1", "A/y": "2"])
        #expect(
            code { _ = try SourceTree.commit(directory: collision.path, revision: nil) } == "archive.name-collision"
        )
        let repository = try await Repository()
        let name: [UInt8] = Array("\(repository.path)/caf".utf8) + [0xe9, 0]
        let descriptor = name.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { creat($0, 0o644) } ?? -1 }
        }
        close(descriptor)
        try await repository.commit("a Latin-1 name")
        let error = #expect(throws: ArchiveError.self) {
            try SourceTree.commit(directory: repository.path, revision: nil)
        }
        #expect(error?.code == "archive.invalid-name")
        #expect(error?.message.contains(#"caf\xe9"#) == true)
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func readsARepositoryOfAnotherUserOnlyWithTheUsersConsent() async throws {
        let repository = try await Repository()
        for file in ["", "/.git"] { chown("\(repository.path)\(file)", 4242, 4242) }
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil) }
                == "archive.foreign-repository"
        )
    }

    @Test func readsLinksThatStayInsideAndRefusesOthers() async throws {
        let repository = try await Repository(["bundle.yaml": "b", "d/e/f": "deep"])
        repository.scratch.link("d/up", to: "../bundle.yaml")
        repository.scratch.link("here", to: "d/e")
        try await repository.commit("links")
        let source = try SourceTree.commit(directory: repository.path, revision: nil)
        #expect(try source.read("d/up") == Array("b".utf8))
        #expect(try source.read("here/f") == Array("deep".utf8))
        #expect(code { _ = try source.read("../x") } == "archive.path-escapes-root")
        // By its text "here/../.." is the root; through the link it is one above.
        repository.scratch.link("root", to: "d/e/../..")
        repository.scratch.link("d/e/top", to: "../..")
        repository.scratch.link("sly", to: "d/e/top/../x")
        try await repository.commit("a link through a link")
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil) }
                == "archive.link-leaves-bundle"
        )
    }
}
