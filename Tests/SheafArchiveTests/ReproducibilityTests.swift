import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

/// The same commit gives the same bytes, whatever the clone, the machine and the cache are like.
@Suite struct ReproducibilityTests {
    enum Clone: String, CaseIterable {
        case packed, loose, shallow, bare, linkedWorktree, alternates, longPath

        /// The commands that make the clone `there` of the repository `$1`.
        var script: String {
            switch self {
            case .packed: "git clone -q \"$1\" there && git -C there repack -q -a -d -f"
            case .loose:
                """
                git clone -q "$1" there && cd there && mv .git/objects/pack ../packs && mkdir .git/objects/pack
                for pack in ../packs/*.pack; do [ -e "$pack" ] && git unpack-objects -q <"$pack"; done; true
                """
            case .shallow: "git clone -q --depth 1 \"file://$1\" there && git -C there fetch -q --tags --depth 1"
            case .bare: "git clone -q --bare \"$1\" there"
            case .linkedWorktree: "git clone -q \"$1\" main && git -C main worktree add -q ../there HEAD"
            case .alternates: "git clone -q --shared \"$1\" there"
            case .longPath:
                """
                far='a b/ü/\(String(repeating: "x", count: 200))'
                mkdir -p "$far" && git clone -q "$1" "$far/clone" && ln -s "$far/clone" there
                """
            }
        }
    }

    @Test(arguments: Clone.allCases)
    func everyCloneGivesTheSameDigest(clone: Clone) async throws {
        let repository = try await Self.repository()
        let scratch = try Scratch()
        let expected = try SourceTree.commit(directory: repository.path, revision: nil).packed(threads: 1).digest
        try await Commands.run(
            "sh",
            ["-c", "umask \(clone == .loose ? "077" : "002"); \(clone.script)", "sh", repository.path],
            in: scratch.path,
            environment: [
                "TZ": clone == .bare ? "Asia/Kathmandu" : "America/St_Johns",
                "LC_ALL": clone == .packed ? "C" : "C.UTF-8",
            ]
        )
        let cache = PackCache(root: scratch.path("home"))
        for threads in [2, 1, 3] {
            let tree = try SourceTree.commit(directory: scratch.path("there"), revision: nil, cache: cache)
            #expect(try tree.packed(cache: cache, threads: threads).digest == expected, "\(threads) threads")
        }
        #expect(try SourceTree.commit(directory: scratch.path("there"), revision: nil).packed().digest == expected)
    }

    @Test func anIncrementalPackIsAFullPack() async throws {
        let repository = try await Self.repository()
        let scratch = try Scratch()
        let cache = PackCache(root: scratch.path("home"))
        for round in 0..<6 {
            let tree = try SourceTree.commit(directory: repository.path, revision: nil, cache: cache)
            let incremental = try tree.packed(cache: cache).digest
            let full = try SourceTree.commit(directory: repository.path, revision: nil).packed().digest
            #expect(incremental == full, "round \(round)")
            // A change, an insertion, a removal and a new mode, at places that move.
            try repository.scratch.write("d/f\(round * 7)", PackCacheTests.noise(1_000 + round, 30_000))
            try repository.scratch.write("d/f\(round * 5)-new", PackCacheTests.noise(2_000 + round, 100_000))
            unlink(repository.scratch.path("d/f\(round * 3 + 1)"))
            chmod(repository.scratch.path("d/f\(round * 2 + 20)"), 0o755)
            try await repository.commit("round \(round)")
        }
    }

    private static func repository() async throws -> Repository {
        let repository = try await Repository(["bundle.yaml": "b", "a/ä.sql": "1", "e\u{301}": "2"])
        for number in 0..<60 {
            try repository.scratch.write("d/f\(number)", PackCacheTests.noise(number, 20_000 + 900 * number))
        }
        try repository.scratch.write("run.sh", "#!/bin/sh\n", isExecutable: true)
        repository.scratch.link("link", to: "d/f1")
        try await repository.commit("more")
        try await repository.git("tag", "v1.0.0")
        return repository
    }
}
