import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

/// Objects come out of git's storage as they went in, however they are stored.
@Suite struct GitObjectsTests {
    /// Files that resemble each other, so that git stores most as differences, some of them to differences.
    private static func content(_ number: Int) -> String {
        (0..<800).map { line in
            line % 97 == number % 97 ? "changed in \(number)" : "line \(line) \(line &* line &* 2_654_435_761 % 99_991)"
        }.joined(separator: "\n")
    }

    private static let count = 60

    private func repository() async throws -> Repository {
        let repository = try await Repository(["bundle.yaml": "b", "empty": ""])
        for number in 0..<Self.count { try repository.scratch.write("f\(number)", Self.content(number)) }
        try repository.scratch.write("noise", PackCacheTests.noise(1, 5_000_000))
        try await repository.commit("similar")
        return repository
    }

    private func check(_ path: String) throws {
        let tree = try SourceTree.commit(directory: path, revision: nil)
        for number in 0..<Self.count {
            #expect(try tree.read("f\(number)") == Array(Self.content(number).utf8), "f\(number)")
        }
        #expect(try tree.read("empty") == [])
        #expect(try tree.read("noise") == PackCacheTests.noise(1, 5_000_000))
    }

    @Test(arguments: ["--depth=1", "--depth=2", "--depth=40"])
    func differencesGiveTheFiles(depth: String) async throws {
        let repository = try await repository()
        try await repository.git("repack", "-q", "-a", "-d", "-f", "--window=20", depth)
        let listing = try await repository.git(
            "cat-file",
            "--batch-all-objects",
            "--batch-check=%(deltabase)",
            "--unordered"
        )
        let differences = listing.split(separator: "\n").filter { !$0.allSatisfy { $0 == "0" } }
        try #require(differences.count > Self.count / 2)
        try check(repository.path)
    }

    @Test func looseObjectsGiveTheFiles() async throws {
        let repository = try await repository()
        try check(repository.path)
    }

    @Test func aDamagedLargeObjectIsAnError() async throws {
        let repository = try await repository()
        let id = try await repository.git("rev-parse", "HEAD:noise").filter { !$0.isWhitespace }
        let path = ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        chmod(repository.scratch.path(path), 0o600)
        let whole = try repository.scratch.read(path)
        for (position, cut) in [(whole.count / 2, whole.count), (4, whole.count), (0, whole.count / 2), (0, 0)] {
            var bytes = Array(whole.prefix(cut))
            if cut == whole.count { bytes[position] ^= 0x10 }
            try repository.scratch.write(path, bytes)
            let result = code { _ = try SourceTree.commit(directory: repository.path, revision: nil).packed() }
            #expect(result == "archive.damaged-repository", "byte \(position), \(cut) bytes")
        }
    }

    @Test func aDamagedPackIsAnError() async throws {
        let repository = try await repository()
        try await repository.git("repack", "-q", "-a", "-d", "-f")
        let folder = ".git/objects/pack"
        let pack = try #require(try repository.scratch.names(folder).first { $0.hasSuffix(".pack") })
        var bytes = try repository.scratch.read("\(folder)/\(pack)")
        // In the middle of the file that does not compress.
        bytes[bytes.count / 2] ^= 0x10
        try FileManager.default.removeItem(atPath: repository.scratch.path("\(folder)/\(pack)"))
        try repository.scratch.write("\(folder)/\(pack)", bytes)
        let result = code { try check(repository.path) }
        #expect(result == "archive.damaged-repository")
        #expect(
            code { _ = try SourceTree.commit(directory: repository.path, revision: nil).packed() }
                == "archive.damaged-repository"
        )
    }

    /// Puts a loose object in the place of a file's blob, with a header that claims some size.
    private func forge(_ name: String, size: String, in repository: Repository) async throws {
        let id = try await repository.git("rev-parse", "HEAD:\(name)").filter { !$0.isWhitespace }
        let path = ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        let raw = Array("blob \(size)\0".utf8) + [UInt8](repeating: 65, count: 2_000)
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in raw {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        // A zlib stream of one block that is not compressed.
        let count = UInt16(raw.count)
        var bytes: [UInt8] = [0x78, 0x01, 0x01]
        for number in [count, ~count] { bytes += [UInt8(number & 255), UInt8(number >> 8)] }
        bytes += raw
        withUnsafeBytes(of: (high << 16 | low).bigEndian) { bytes += $0 }
        chmod(repository.scratch.path(path), 0o600)
        try repository.scratch.write(path, bytes)
    }

    @Test(arguments: [
        ("18446744073709550616", "archive.damaged-repository"), ("9223372036854775807", "archive.too-large"),
        ("9223372036854770000", "archive.too-large"), ("68719476737", "archive.too-large"),
        ("3000", "archive.damaged-repository"),
    ])
    func aBlobThatClaimsMoreThanItHasIsAnError(size: String, expected: String) async throws {
        let repository = try await Repository(["bundle.yaml": "b", "big": "x"])
        try await forge("big", size: size, in: repository)
        let result = code { _ = try SourceTree.commit(directory: repository.path, revision: nil).packed() }
        #expect(result == expected)
    }

    @Test func linksAndRulesAreNotReadWhenTheyAreTooLong() async throws {
        let repository = try await Repository(["bundle.yaml": "b"])
        repository.scratch.link("link", to: "bundle.yaml")
        try await repository.commit("link")
        try await forge("link", size: "1025", in: repository)
        let result = code { _ = try SourceTree.commit(directory: repository.path, revision: nil) }
        #expect(result == "archive.link-too-long")
        for name in [".sheafignore", ".gitattributes", "d/.sheafignore"] {
            let other = try await Repository(["bundle.yaml": "b", name: String(repeating: "#\n", count: 600_000)])
            #expect(code { _ = try SourceTree.commit(directory: other.path, revision: nil) } == "archive.too-large")
            #expect(code { _ = try SourceTree.workingTree(directory: other.path) } == "archive.too-large")
        }
    }

    /// Trees that name one tree again and again, as deep and as wide as a script says.
    @Test(arguments: [(1, 400, "archive.path-too-deep"), (100, 5, "archive.too-many-members")])
    func treesWithoutEndAreRefused(width: Int, depth: Int, expected: String) async throws {
        let repository = try await Repository(["bundle.yaml": "b"])
        let script = """
            id=$(git rev-parse HEAD:bundle.yaml)
            tree=$(printf '100644 blob %s\\tbundle.yaml\\n' "$id" | git mktree)
            for level in $(seq \(depth)); do
                tree=$(for n in $(seq \(width)); do printf '040000 tree %s\\t%s\\n' "$tree" "$n"; done | git mktree)
            done
            git update-ref HEAD "$(git commit-tree -m bomb "$tree")"
            """
        try await Commands.run("bash", ["-ec", script], in: repository.path)
        #expect(code { _ = try SourceTree.commit(directory: repository.path, revision: nil) } == expected)
    }
}
