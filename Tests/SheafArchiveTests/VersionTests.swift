import SheafArchive
import SheafModel
import Testing

@Suite struct VersionTests {
    private func version(_ repository: Repository, _ revision: String? = nil) throws -> String? {
        try SourceTree.commit(directory: repository.path, revision: revision).version
    }

    @Test func withoutATagTheCommitIsTheVersion() async throws {
        let repository = try await Repository()
        let head = try await repository.git("rev-parse", "HEAD")
        #expect(try version(repository) == "0.0.0-g\(head.prefix(12))")
    }

    @Test(arguments: [["tag", "v1.2.0"], ["tag", "-a", "-m", "m", "v1.2.0"]])
    func lightweightAndAnnotatedTagsCount(_ arguments: [String]) async throws {
        let repository = try await Repository()
        try await Commands.run("git", arguments, in: repository.path)
        try await repository.git("tag", "nightly")
        #expect(try version(repository) == "1.2.0")
        #expect(try SourceTree.commit(directory: repository.path, revision: nil).provenance.tag == "v1.2.0")
        try repository.scratch.write("more", "x")
        try await repository.commit("second")
        let head = try await repository.git("rev-parse", "HEAD")
        #expect(try version(repository) == "1.2.0-1-g\(head.prefix(12))")
        #expect(try version(repository, "v1.2.0") == "1.2.0")
    }

    @Test func theNearestTagAcrossAMergeWinsHoweverRefsAreStored() async throws {
        let repository = try await Repository()
        try await repository.git("tag", "1.0.0")
        try await repository.git("checkout", "-q", "-b", "side")
        try repository.scratch.write("side", "x")
        try await repository.commit("side")
        try await repository.git("tag", "v2.0.0-rc.1")
        try await repository.git("tag", "v2.0.0")
        try await repository.git("checkout", "-q", "main")
        try repository.scratch.write("main", "x")
        try await repository.commit("main")
        try await repository.git("merge", "-q", "--no-edit", "side")
        let head = try await repository.git("rev-parse", "HEAD")
        #expect(try version(repository) == "2.0.0-2-g\(head.prefix(12))")
        try await repository.git("pack-refs", "--all")
        try await repository.git("gc", "-q")
        #expect(try version(repository) == "2.0.0-2-g\(head.prefix(12))")
    }

    @Test func aShallowCloneSaysOnlyWhatItKnows() async throws {
        let repository = try await Repository()
        for name in ["b", "c", "d"] {
            try repository.scratch.write(name, name)
            try await repository.commit(name)
        }
        let clones = try Scratch()
        func clone(_ name: String, depth: Int) async throws -> String? {
            try await Commands.run(
                "git",
                ["clone", "-q", "--depth", "\(depth)", "file://\(repository.path)", name],
                in: clones.path
            )
            return try SourceTree.commit(directory: clones.path(name), revision: nil).version
        }
        #expect(try await clone("untagged", depth: 2) == nil)
        try await repository.git("tag", "v3.0.0", "HEAD~1")
        let head = try await repository.git("rev-parse", "HEAD")
        #expect(try await clone("in-sight", depth: 2) == "3.0.0-1-g\(head.prefix(12))")
        #expect(try await clone("out-of-sight", depth: 1) == nil)
    }

    @Test(arguments: ["1.0.0", "1.2.3-rc.1", "1.2.3-1-g0123456789ab", "1.0.0+b.7", "0.0.0-g000000000000"])
    func acceptsVersions(_ text: String) { #expect(SemanticVersion(text)?.description == text) }

    @Test(arguments: ["v1.0.0", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0-a..b", "", "1.0.0 ", "1.0.ä"])
    func refusesWhatIsNoVersion(_ text: String) { #expect(SemanticVersion(text) == nil) }

    @Test func ordersAsTheSpecificationSays() throws {
        let ordered = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0",
        ].compactMap { SemanticVersion($0) }
        #expect(ordered.count == 11)
        #expect(ordered.shuffled().sorted() == ordered)
    }
}
