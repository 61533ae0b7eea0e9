import SheafArchive
import SheafModel
import Testing

/// Versions come from the tag that `git describe --tags` finds.
@Suite struct DescribeTests {
    private func version(_ repository: Repository, _ revision: String, in folder: String = "") throws -> SourceTree {
        try SourceTree.commit(directory: "\(repository.path)/\(folder)", revision: revision)
    }

    /// A history with branches and merges, each commit a second after the one before, and tags at random.
    private func history(seed: UInt64, tags: (Int) -> [String]) async throws -> Repository {
        let repository = try await Repository([:])
        var random = FixedRandom(seed: seed)
        var script = ""
        func add(_ number: Int, _ parents: [Int]) {
            script += "commit refs/heads/c\(number)\nmark :\(number)\n"
            script += "committer C <c@example.org> \(1_700_000_000 + number * 60) +0000\ndata 1\nx\n"
            for (position, parent) in parents.enumerated() {
                script += "\(position == 0 ? "from" : "merge") :\(parent)\n"
            }
            script += "M 644 inline bundles/shop/bundle.yaml\ndata \(String(number).count)\n\(number)\n\n"
        }
        add(1, [])
        for number in 2...24 {
            let first = Int.random(in: max(1, number - 4)..<number, using: &random)
            let second = Int.random(in: max(1, number - 6)..<number, using: &random)
            add(number, Bool.random(using: &random) && first != second ? [first, second] : [first])
        }
        for number in 1...24 where Int.random(in: 0..<4, using: &random) == 0 {
            for tag in tags(number) { script += "reset refs/tags/\(tag)\nfrom :\(number)\n\n" }
        }
        try repository.scratch.write("script", script)
        try await Commands.run("bash", ["-c", "git fast-import --quiet < script"], in: repository.path)
        try await repository.git("checkout", "-q", "c24")
        return repository
    }

    /// The distance from a tag, as `git describe` counts.
    private func distance(_ repository: Repository, _ tag: String, _ revision: String) async throws -> String {
        String(try await repository.git("rev-list", "--count", "\(tag)..\(revision)").dropLast())
    }

    @Test(arguments: 1...8)
    func generatedHistoriesAreDescribedAsGitDoes(seed: Int) async throws {
        let repository = try await history(seed: UInt64(seed)) { ["v1.\($0).0"] }
        for number in 1...24 {
            let name = "c\(number)"
            let id = try await repository.git("rev-parse", name).prefix(12)
            let described = try? await repository.git("describe", "--tags", "--long", "--abbrev=12", name).dropLast()
            let tree = try version(repository, name, in: "bundles/shop")
            guard let described else {
                #expect(tree.version == "0.0.0-g\(id)")
                continue
            }
            let parts = described.split(separator: "-")
            let tag = try #require(tree.provenance.tag)
            let count = try await distance(repository, tag, name)
            // Where two are as near, git takes the one that it saw first.
            #expect(count == String(parts[1]), "\(name): \(tag), \(described)")
            #expect(tree.version == (count == "0" ? "\(tag.dropFirst())" : "\(tag.dropFirst())-\(count)-g\(id)"))
        }
    }

    @Test(arguments: 11...14)
    func tagsOfTheBundleComeBeforeThoseOfTheRepository(seed: Int) async throws {
        let repository = try await history(seed: UInt64(seed)) { number in
            number % 2 == 0 ? ["v9.\(number).0", "other/v8.\(number).0"] : ["shop/v1.\(number).0", "v9.\(number).0"]
        }
        for number in 1...24 {
            let name = "c\(number)"
            let own = try? await repository.git("describe", "--tags", "--long", "--match", "shop/*", name).dropLast()
            let all = try? await repository.git("describe", "--tags", "--long", "--match", "v*", name).dropLast()
            let tag = try version(repository, name, in: "bundles/shop").provenance.tag
            guard let expected = own ?? all else {
                #expect(tag == nil)
                continue
            }
            let found = try #require(tag)
            #expect(found.hasPrefix("shop/") == (own != nil))
            #expect(try await distance(repository, found, name) == String(expected.split(separator: "-")[1]))
            // The bundle at the top has the tags of the repository only.
            #expect(try version(repository, name).provenance.tag.map { $0.hasPrefix("v") } != false)
        }
    }

    @Test(arguments: [
        ("shop/v1.2.0", "1.2.0"), ("shop/1.2.0", "1.2.0"), ("bundles/shop/v1.2.0", "1.2.0"), ("shop@1.2.0", "1.2.0"),
        ("shop@v1.2.0-rc.1", "1.2.0-rc.1"), ("shop-v1.2.0", "1.2.0"), ("shop-1.2.0", "1.2.0"), ("v1.2.0", "1.2.0"),
        ("1.2.0", "1.2.0"), ("bundles/v1.2.0", nil), ("other/v1.2.0", nil), ("myshop/v1.2.0", nil),
        ("shop/v1.2", nil), ("shop", nil), ("SHOP/v1.2.0", nil), ("shop/vv1.2.0", nil),
    ])
    func aTagNamesAVersionOfTheBundle(_ tag: String, _ expected: String?) async throws {
        let repository = try await Repository(["bundles/shop/bundle.yaml": "b"])
        try await repository.git("tag", tag)
        let tree = try version(repository, "HEAD", in: "bundles/shop")
        let id = try #require(tree.provenance.commit).prefix(12)
        #expect(tree.version == expected ?? "0.0.0-g\(id)")
        #expect(tree.provenance.tag == (expected == nil ? nil : tag))
    }

    @Test func ofSeveralTagsOnACommitTheHighestVersionCounts() async throws {
        let repository = try await Repository()
        for tag in ["v1.9.0", "v1.10.0", "v1.10.0-rc.1", "1.2.0"] { try await repository.git("tag", tag) }
        try await repository.git("tag", "-a", "-m", "annotated", "v1.3.0")
        #expect(try version(repository, "HEAD").provenance.tag == "v1.10.0")
    }

    @Test func tagsOfOtherThingsThanCommitsDoNotCount() async throws {
        let repository = try await Repository()
        try await repository.git("tag", "v3.0.0", "HEAD^{tree}")
        try await repository.git("tag", "v4.0.0", "HEAD:bundle.yaml")
        try await repository.git("tag", "-a", "-m", "x", "v2.0.0")
        try await repository.git("-c", "advice.nestedTag=false", "tag", "-a", "-m", "nested", "v2.1.0", "v2.0.0")
        #expect(try version(repository, "HEAD").version == "2.1.0")
    }

    @Test func aShallowCloneOfABundleInAFolderKnowsOnlyItsOwnTags() async throws {
        let repository = try await Repository(["bundles/shop/bundle.yaml": "b"])
        try await repository.git("tag", "shop/v1.0.0")
        try repository.scratch.write("more", "x")
        try await repository.commit("more")
        try await repository.git("tag", "v2.0.0")
        let clones = try Scratch()
        for (depth, expected) in [("1", nil), ("2", "1.0.0-1-g")] as [(String, String?)] {
            try await Commands.run(
                "git",
                ["clone", "-q", "--depth", depth, "file://\(repository.path)", depth],
                in: clones.path
            )
            let version = try SourceTree.commit(directory: clones.path("\(depth)/bundles/shop"), revision: nil).version
            // Alone in sight, the repository's own tag would give another version than the whole history does.
            #expect(version?.prefix(9) == expected.map { $0[...] })
        }
    }
}
