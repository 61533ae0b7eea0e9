import FoundationEssentials
import SheafArchive
import SheafModel
import Testing

/// Submodules are part of a bundle where that is declared, and then at the commit that is pinned.
@Suite struct SubmoduleTests {
    /// A repository with a submodule at `vendor/lib`, which has one of its own at `deep`.
    private struct Project {
        let deep: Repository
        let library: Repository
        let shop: Repository

        init(declared: Bool = true) async throws {
            deep = try await Repository(["deep.sql": "select 3\n"])
            library = try await Repository(["lib.sql": "select 1\n", "run.sh": "#!/bin/sh\n", "drop/x": "x"])
            try library.scratch.write(".gitattributes", "drop export-ignore\n")
            try await library.commit("attributes")
            try await Self.add(deep, at: "deep", to: library)
            shop = try await Repository(["bundle.yaml": "name: shop\n"])
            if declared {
                try shop.scratch.write(".gitattributes", "vendor/** sheaf-submodule\n")
                try await shop.commit("declare")
            }
            try await Self.add(library, at: "vendor/lib", to: shop)
            try await shop.git("-c", "protocol.file.allow=always", "submodule", "update", "-q", "--init", "--recursive")
        }

        static func add(_ other: Repository, at path: String, to repository: Repository) async throws {
            try await repository.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "add",
                "-q",
                "--name",
                "odd/name",
                other.path,
                path
            )
            try await repository.commit("add \(path)")
        }
    }

    private static let expected = [
        ".gitattributes", ".gitmodules", "bundle.yaml", "vendor/lib/.gitattributes", "vendor/lib/.gitmodules",
        "vendor/lib/deep/deep.sql", "vendor/lib/lib.sql", "vendor/lib/run.sh",
    ]

    private func id(_ repository: Repository) async throws -> String {
        String(try await repository.git("rev-parse", "HEAD").dropLast())
    }

    @Test func declaredSubmodulesAreReadAtThePinnedCommit() async throws {
        let project = try await Project()
        let tree = try SourceTree.commit(directory: project.shop.path, revision: nil)
        #expect(tree.paths == Self.expected)
        #expect(try tree.read("vendor/lib/lib.sql") == Array("select 1\n".utf8))
        #expect(try tree.read("vendor/lib/deep/deep.sql") == Array("select 3\n".utf8))
        let pinned = [
            Provenance.Submodule(path: "vendor/lib", commit: try await id(project.library)),
            Provenance.Submodule(path: "vendor/lib/deep", commit: try await id(project.deep)),
        ]
        #expect(tree.provenance.submodules == pinned)
        // The archive says so too, and is proven when it is opened.
        let packed = try tree.packed()
        let scratch = try Scratch()
        try packed.write(to: scratch.path("a.sheaf"))
        let archive = try Archive.open(scratch.path("a.sheaf"))
        #expect(archive.provenance == tree.provenance)
        #expect(try SourceTree.archive(archive).paths == Self.expected)
        // What is checked out does not matter.
        try project.shop.scratch.write("vendor/lib/lib.sql", "edited")
        try await Commands.run("git", ["checkout", "-q", "HEAD~1"], in: project.shop.scratch.path("vendor/lib"))
        #expect(try SourceTree.commit(directory: project.shop.path, revision: nil).packed().digest == packed.digest)
    }

    @Test func theSubmoduleIsFoundWhereverGitKeepsIt() async throws {
        let project = try await Project()
        let expected = try SourceTree.commit(directory: project.shop.path, revision: nil).packed().digest
        try await project.shop.git("submodule", "-q", "deinit", "-f", "--all")
        #expect(try SourceTree.commit(directory: project.shop.path, revision: nil).packed().digest == expected)
        let trees = try Scratch()
        try await project.shop.git("worktree", "add", "-q", trees.path("linked"))
        #expect(try SourceTree.commit(directory: trees.path("linked"), revision: "main").packed().digest == expected)
    }

    @Test func whatIsNotDeclaredIsRefusedUnlessAllAreTaken() async throws {
        let project = try await Project(declared: false)
        let path = project.shop.path
        for body in [
            { _ = try SourceTree.commit(directory: path, revision: nil) },
            { _ = try SourceTree.workingTree(directory: path) },
        ] {
            let error = #expect(throws: ArchiveError.self) { try body() }
            #expect(error?.code == "archive.submodule")
            #expect(error?.hint?.contains("--submodules") == true)
            #expect(error?.hint?.contains("'vendor/lib sheaf-submodule'") == true)
        }
        let all = SourceChoices(takesSubmodules: true)
        #expect(try SourceTree.commit(directory: path, revision: nil, options: all).paths.count == 7)
        let tree = try SourceTree.workingTree(directory: path, options: all)
        #expect(tree.paths.count == 7)
        #expect(!tree.provenance.dirty)
        // One that is declared does not declare those in it.
        try project.shop.scratch.write(".gitattributes", "/vendor/lib sheaf-submodule\n")
        try await project.shop.commit("declare one")
        let error = #expect(throws: ArchiveError.self) { try SourceTree.commit(directory: path, revision: nil) }
        #expect(error?.message.contains("vendor/lib/deep") == true)
        try project.shop.scratch.write(".sheafignore", "vendor/lib/deep/\n")
        try await project.shop.commit("leave out the other")
        #expect(try SourceTree.commit(directory: path, revision: nil).provenance.submodules.count == 1)
    }

    @Test func aCommitThatIsNotHereIsAnErrorWithARemedy() async throws {
        let project = try await Project()
        let clones = try Scratch()
        try await Commands.run("git", ["clone", "-q", project.shop.path, "clone"], in: clones.path)
        for body in [
            { _ = try SourceTree.commit(directory: clones.path("clone"), revision: nil) },
            { _ = try SourceTree.workingTree(directory: clones.path("clone")) },
        ] {
            let error = #expect(throws: ArchiveError.self) { try body() }
            #expect(error?.code == "archive.submodule-missing")
            #expect(error?.hint?.contains("submodule update --init") == true)
        }
    }

    @Test func theWorkingTreeOfASubmoduleIsPartOfTheBundles() async throws {
        let project = try await Project()
        let path = project.shop.path
        let clean = try SourceTree.workingTree(directory: path)
        #expect(!clean.provenance.dirty)
        #expect(
            try clean.packed().digest == SourceTree.commit(directory: path, revision: nil).packed().digest
        )
        try project.shop.scratch.write("vendor/lib/deep/new.sql", "select 4\n")
        let edited = try SourceTree.workingTree(directory: path)
        #expect(edited.provenance.dirty)
        #expect(edited.paths.contains("vendor/lib/deep/new.sql"))
        try FileManager.default.removeItem(atPath: project.shop.scratch.path("vendor/lib/deep/new.sql"))
        #expect(try !SourceTree.workingTree(directory: path).provenance.dirty)
        // Another commit with the same files is another state.
        let inner = project.shop.scratch.path("vendor/lib/deep")
        try await Commands.run("git", ["commit", "-q", "--allow-empty", "-m", "same files"], in: inner)
        let moved = try SourceTree.workingTree(directory: path)
        #expect(moved.provenance.dirty)
        #expect(moved.provenance.submodules != clean.provenance.submodules)
    }

    @Test func aBundleInAFolderHasTheSubmodulesBelowIt() async throws {
        let library = try await Repository(["lib.sql": "select 1\n"])
        let repository = try await Repository([
            "shop/bundle.yaml": "b", "shop/.gitattributes": "lib sheaf-submodule\n", "other/x": "x",
        ])
        for path in ["shop/lib", "other/lib"] {
            try await repository.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "add",
                "-q",
                library.path,
                path
            )
        }
        try await repository.commit("add them")
        let tree = try SourceTree.commit(directory: repository.scratch.path("shop"), revision: nil)
        #expect(tree.paths == [".gitattributes", "bundle.yaml", "lib/lib.sql"])
        #expect(tree.provenance.submodules.map(\.path) == ["lib"])
        let working = try SourceTree.workingTree(directory: repository.scratch.path("shop"))
        #expect(try working.packed().digest == tree.packed().digest)
        // The submodule by itself is a repository like any other.
        let inside = try SourceTree.commit(directory: repository.scratch.path("shop/lib"), revision: nil)
        #expect(inside.paths == ["lib.sql"])
    }

    @Test(arguments: ["vendor/lib", "vendor"])
    func aLinkInThePlaceOfASubmoduleIsAnError(place: String) async throws {
        let project = try await Project()
        let elsewhere = try Scratch()
        try FileManager.default.moveItem(
            atPath: project.shop.scratch.path(place),
            toPath: elsewhere.path("moved")
        )
        project.shop.scratch.link(place, to: elsewhere.path("moved"))
        let error = #expect(throws: ArchiveError.self) { try SourceTree.workingTree(directory: project.shop.path) }
        #expect(error?.code == "archive.submodule-missing")
    }

    @Test func aSubmoduleWhoseFilesAreElsewhereIsAnError() async throws {
        let project = try await Project()
        let elsewhere = try Scratch()
        let inner = project.shop.scratch.path("vendor/lib")
        try await Commands.run("git", ["config", "core.worktree", elsewhere.path], in: inner)
        #expect(code { _ = try SourceTree.workingTree(directory: project.shop.path) } == "archive.submodule-missing")
    }
}
