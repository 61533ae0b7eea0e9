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
}
