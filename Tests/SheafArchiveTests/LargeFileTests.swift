import FoundationEssentials
import SheafArchive
import SheafModel
import Testing

/// Files of git LFS are packed as what they are, never by accident as pointers.
@Suite struct LargeFileTests {
    private static let content = Array("the real content\n".utf8)

    private static func pointer(_ bytes: [UInt8], version: String = "https://git-lfs.github.com/spec/v1") -> String {
        "version \(version)\noid sha256:\(Digest(of: bytes).hex)\nsize \(bytes.count)\n"
    }

    private static func place(_ bytes: [UInt8]) -> String {
        let hex = Digest(of: bytes).hex
        return ".git/lfs/objects/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
    }

    /// A repository with a pointer in its commit and on the disk, as after a clone without git LFS.
    private func repository(isFetched: Bool, attributes: Bool = true) async throws -> Repository {
        var files = ["bundle.yaml": "b", "data/big.bin": Self.pointer(Self.content)]
        if attributes { files[".gitattributes"] = "*.bin filter=lfs diff=lfs merge=lfs -text\n" }
        let repository = try await Repository(files)
        if isFetched { try repository.scratch.write(Self.place(Self.content), Self.content) }
        return repository
    }

    @Test(arguments: [true, false])
    func theContentIsTakenFromWhatWasFetched(attributes: Bool) async throws {
        let repository = try await repository(isFetched: true, attributes: attributes)
        let tree = try SourceTree.commit(directory: repository.path, revision: nil)
        #expect(try tree.read("data/big.bin") == Self.content)
        #expect(tree.largeFiles.missing.isEmpty && tree.largeFiles.pointers.isEmpty)
        let expected = try tree.packed().digest
        // With the pointer on the disk, and with what it stands for.
        #expect(try SourceTree.workingTree(directory: repository.path).packed().digest == expected)
        try repository.scratch.write("data/big.bin", Self.content)
        let smudged = try SourceTree.workingTree(directory: repository.path)
        #expect(!smudged.provenance.dirty)
        #expect(try smudged.packed().digest == expected)
        try repository.scratch.write("data/big.bin", "another content\n")
        #expect(try SourceTree.workingTree(directory: repository.path).provenance.dirty)
    }

    @Test func linkedWorkingTreesShareWhatWasFetched() async throws {
        let repository = try await repository(isFetched: true)
        let trees = try Scratch()
        try await repository.git("-c", "filter.lfs.required=false", "worktree", "add", "-q", trees.path("linked"))
        let tree = try SourceTree.commit(directory: trees.path("linked"), revision: nil)
        #expect(try tree.read("data/big.bin") == Self.content)
    }

    @Test func aPointerWithoutContentIsRefusedWhenItIsNeeded() async throws {
        let repository = try await repository(isFetched: false)
        for tree in [
            try SourceTree.commit(directory: repository.path, revision: nil),
            try SourceTree.workingTree(directory: repository.path),
        ] {
            // What needs no content of it, such as a validation, goes on.
            #expect(try tree.read("bundle.yaml") == Array("b".utf8))
            #expect(tree.largeFiles.missing.map(\.text) == ["data/big.bin"])
            #expect(code { _ = try tree.read("data/big.bin") } == "archive.lfs-pointer")
            #expect(code { _ = try tree.packed() } == "archive.lfs-pointer")
            let error = #expect(throws: ArchiveError.self) { try tree.largeFiles.refuseMissing() }
            #expect(error?.message.contains("data/big.bin is a pointer of git LFS") == true)
            #expect(error?.hint?.contains("--allow-lfs-pointers") == true)
        }
    }

    @Test func pointersThatAreAllowedAreThemselvesWhateverWasFetched() async throws {
        let options = SourceChoices(keepsPointers: true)
        var digests: Set<Digest> = []
        for isFetched in [true, false] {
            let repository = try await repository(isFetched: isFetched)
            let tree = try SourceTree.commit(directory: repository.path, revision: nil, options: options)
            #expect(tree.largeFiles.pointers.map(\.text) == ["data/big.bin"])
            #expect(try tree.read("data/big.bin") == Array(Self.pointer(Self.content).utf8))
            digests.insert(try tree.packed().digest)
        }
        #expect(digests.count == 1)
    }

    @Test func damagedContentIsAnError() async throws {
        let repository = try await repository(isFetched: true)
        var other = Self.content
        other[0] ^= 1
        try FileManager.default.removeItem(atPath: repository.scratch.path(Self.place(Self.content)))
        try repository.scratch.write(Self.place(Self.content), other)
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil).packed() }
                == "archive.lfs-damaged"
        )
    }

    @Test func aFrameThatWasKeptIsOfTheContentAndNotOfThePointer() async throws {
        let scratch = try Scratch()
        let cache = PackCache(root: scratch.path("home"))
        let repository = try await repository(isFetched: true)
        func packed(_ options: SourceChoices) throws -> Digest {
            try SourceTree.commit(directory: repository.path, revision: nil, options: options, cache: cache)
                .packed(cache: cache).digest
        }
        let pointers = SourceChoices(keepsPointers: true)
        let first = try packed(SourceChoices()), second = try packed(pointers)
        #expect(first != second)
        #expect(try packed(SourceChoices()) == first)
        #expect(try packed(pointers) == second)
    }

    @Test(arguments: [
        "https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2",
    ])
    func pointersOfEveryVersionAreFound(version: String) async throws {
        let repository = try await Repository(["a": Self.pointer(Self.content, version: version)])
        #expect(try SourceTree.commit(directory: repository.path, revision: nil).largeFiles.missing.count == 1)
        let scratch = try Scratch()
        try scratch.write("a", Self.pointer(Self.content, version: version))
        #expect(try SourceTree.workingTree(directory: scratch.path).largeFiles.missing.count == 1)
    }

    @Test func textsAboutPointersAreNone() async throws {
        let pointer = Self.pointer(Self.content)
        let repository = try await Repository([
            "a": "x" + pointer, "b": pointer.replacing("sha256", with: "sha512"),
            "c": pointer.replacing("size", with: "sise"),
            "d": pointer.replacing("lfs.github", with: "lfs.example"), "e": String(pointer.dropLast(3)) + "x\n",
            "README.md": "a pointer looks so:\n\n\(pointer)", ".gitattributes": "* filter=lfs\n",
        ])
        let tree = try SourceTree.commit(directory: repository.path, revision: nil)
        #expect(tree.largeFiles.missing.isEmpty)
        #expect(try tree.packed().size > 0)
    }

    @Test func aFileOfGitLFSIsAnotherThanItsPointerWherePointersAreKept() async throws {
        let repository = try await repository(isFetched: true)
        let options = SourceChoices(keepsPointers: true)
        let commit = try SourceTree.commit(directory: repository.path, revision: nil, options: options).packed()
        let pointer = try SourceTree.workingTree(directory: repository.path, options: options)
        #expect(!pointer.provenance.dirty)
        #expect(try pointer.packed().digest == commit.digest)
        try repository.scratch.write("data/big.bin", Self.content)
        #expect(try SourceTree.workingTree(directory: repository.path, options: options).provenance.dirty)
        #expect(try !SourceTree.workingTree(directory: repository.path).provenance.dirty)
    }

    /// A pointer of an unusual size counts where attributes say that it is one, for the commit as for the comparison.
    @Test(arguments: [true, false])
    func aPointerOfAnotherSizeCountsWhereAttributesSaySo(attributes: Bool) async throws {
        let repository = try await repository(isFetched: true, attributes: attributes)
        let long = Self.pointer(Self.content) + "x-note \(String(repeating: "n", count: 200))\n"
        try repository.scratch.write("data/big.bin", long)
        try await repository.git("-c", "filter.lfs.process=", "-c", "filter.lfs.clean=", "add", "-A")
        try await repository.git("commit", "-q", "-m", "long pointer")
        try repository.scratch.write("data/big.bin", Self.content)
        let commit = try SourceTree.commit(directory: repository.path, revision: nil).packed().digest
        let tree = try SourceTree.workingTree(directory: repository.path)
        #expect(try (tree.packed().digest == commit) == !tree.provenance.dirty)
        #expect(tree.provenance.dirty == !attributes)
    }
}
