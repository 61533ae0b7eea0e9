import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct PackerTests {
    @Test func clonesMadeDifferentlyGiveTheSameArchive() async throws {
        let repository = try await Repository(["bundle.yaml": "b", "a/ä.sql": "1", "run.sh": "x"])
        chmod(repository.scratch.path("run.sh"), 0o755)
        try await repository.commit("modes")
        try await repository.git("tag", "v1.0.0")
        let first = try SourceTree.commit(directory: repository.path, revision: nil).packed().digest
        let clones = try Scratch()
        try await Commands.run(
            "sh",
            ["-c", "umask 077; git clone -q '\(repository.path)' far; cd far && git gc -q"],
            in: clones.path,
            environment: ["TZ": "Asia/Tokyo", "GIT_COMMITTER_DATE": "1800000000 +0900"]
        )
        #expect(try SourceTree.commit(directory: clones.path("far"), revision: nil).packed().digest == first)
        #expect(try SourceTree.workingTree(directory: clones.path("far")).packed().digest == first)
    }

    /// A change of these bytes is a change of the format: another reader, and every digest, would notice.
    @Test func theTarIsTheSameWithEveryVersionOfTheLibraries() async throws {
        let repository = try await Repository(["bundle.yaml": "b", "e\u{301}.txt": "1"])
        try repository.scratch.write("\u{e8}.txt", "2")
        try repository.scratch.write("d/" + String(repeating: "x", count: 150), "long")
        repository.scratch.link("d/link", to: "../e\u{301}.txt")
        try await repository.commit("more")
        let scratch = try Scratch()
        try SourceTree.commit(directory: repository.path, revision: nil).packed().write(to: scratch.path("a.sheaf"))
        try await Commands.run("sh", ["-c", "zstd -q -d < a.sheaf > a.tar"], in: scratch.path)
        let tar = Digest(of: try scratch.read("a.tar"))
        #expect(tar.hex == "39022b8044cc5479eb7a01a3b7934d607afe8bf3b06191ef4ea9ba9536ebdbfb")
    }

    @Test func tarListsItWithPlainMetadata() async throws {
        let repository = try await Repository(["bundle.yaml": "b"])
        try repository.scratch.write("run.sh", "#!/bin/sh\n", isExecutable: true)
        for name in ["e\u{301}.txt", "\u{e8}.txt"] { try repository.scratch.write(name, name) }
        repository.scratch.link("link", to: "run.sh")
        try await repository.commit("more")
        let scratch = try Scratch()
        let packed = try SourceTree.commit(directory: repository.path, revision: nil).packed()
        try packed.write(to: scratch.path("a.sheaf"))
        let listing = try await Commands.run(
            "tar",
            ["--zstd", "-tvf", "a.sheaf", "--numeric-owner", "--full-time", "--quoting-style=literal"],
            in: scratch.path,
            environment: ["TZ": "UTC"]
        )
        let lines = listing.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            lines.map { Array($0[5].utf8) }
                == [
                    "sheaf.json", "resolved.json", "provenance.json", "sbom.cdx.json", "files/bundle.yaml",
                    "files/e\u{301}.txt", "files/link", "files/run.sh", "files/\u{e8}.txt",
                ].map { Array($0.utf8) }
        )
        #expect(
            lines.map { $0[0] } == Array(repeating: "-rw-r--r--", count: 6)
                + ["lrwxrwxrwx", "-rwxr-xr-x", "-rw-r--r--"]
        )
        #expect(lines.allSatisfy { $0[1] == "0/0" && $0[3] == "1970-01-01" && $0[4] == "00:00:00" })
        try await Commands.run("zstd", ["-q", "-t", "--no-progress", "a.sheaf"], in: scratch.path)
    }

    @Test func largeAndManyFilesSurviveAndKeepTheirFrames() throws {
        let scratch = try Scratch()
        // Bytes of no pattern, different in every file.
        func noise(_ seed: Int, _ count: Int) -> [UInt8] {
            (0..<count / 64).flatMap { Array(Digest(of: Array("\(seed) \($0)".utf8)).hex.utf8) }
        }
        let large = noise(99, 1_200_000)
        try scratch.write("d/large", large)
        for number in 0..<20 { try scratch.write("d/f\(number)", noise(number, 200_000)) }
        let out = try Scratch()
        let source = try SourceTree.workingTree(directory: scratch.path)
        try source.packed().write(to: out.path("a.sheaf"))
        try scratch.write("d/f10b", "inserted")
        try SourceTree.workingTree(directory: scratch.path).packed().write(to: out.path("b.sheaf"))
        let old = try frames(out.read("a.sheaf")), new = try frames(out.read("b.sheaf"))
        #expect(old.count > 4)
        #expect(new.filter { !old.contains($0) }.count <= 2)
        let archive = try SourceTree.archive(path: out.path("a.sheaf"))
        #expect(try archive.read("d/large") == large)
        #expect(try archive.read("d/f7") == scratch.read("d/f7"))
        #expect(archive.paths == source.paths)
    }

    @Test func refusesWhatIsNoVersionAndABundleOfOtherBytes() throws {
        let scratch = try Scratch()
        try scratch.write("bundle.yaml", "b")
        let source = try SourceTree.workingTree(directory: scratch.path)
        #expect(
            code { _ = try Packer().pack(source, bundle: emptyBundle, version: "v1", commitTime: 0) }
                == "archive.invalid-version"
        )
        let id = ResourceID(kind: .secret, workspace: "public", name: "s")
        var bundle = emptyBundle
        bundle.resources = [
            ResolvedResource(
                id: id,
                item: "s",
                manifest: .object([:]),
                attachments: [
                    Attachment(role: .config, name: "c", path: "bundle.yaml", digest: Digest(of: Array("x".utf8)))
                ]
            )
        ]
        #expect(code { _ = try source.packed(bundle: bundle) } == "archive.file-changed")
        bundle.resources[0].attachments[0].digest = Digest(of: Array("b".utf8))
        #expect(code { _ = try source.packed(bundle: bundle) } == nil)
    }

    @Test func replacesAFileAtomicallyAndLeavesNothingBeside() throws {
        let scratch = try Scratch()
        try scratch.write("in/bundle.yaml", "b")
        try scratch.write("a.sheaf", "old")
        let tree = try SourceTree.workingTree(directory: scratch.path("in"))
        let packed = try tree.packed(scratch: scratch.path)
        try packed.write(to: scratch.path("a.sheaf"))
        #expect(try Digest(of: scratch.read("a.sheaf")) == packed.digest)
        #expect(try scratch.names() == ["a.sheaf", "in"])
        // A second file is a file of its own.
        try packed.write(to: scratch.path("b.sheaf"))
        try scratch.write("b.sheaf", "changed")
        #expect(try Digest(of: scratch.read("a.sheaf")) == packed.digest)
        unlink(scratch.path("b.sheaf"))
        #expect(code { try packed.write(to: scratch.path("none/a.sheaf")) } == "archive.cannot-write")
        #expect(code { try packed.write(to: scratch.path("in")) } == "archive.cannot-write")
        #expect(try scratch.names() == ["a.sheaf", "in"])
    }

    /// Splits a file at the magic number of zstd frames.
    private func frames(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        var starts = bytes.indices.filter { bytes[$0] == magic[0] && bytes[$0...].starts(with: magic) }
        starts.append(bytes.count)
        return zip(starts, starts.dropFirst()).map { Array(bytes[$0..<$1]) }
    }
}
