import FoundationEssentials
import SheafTestSupport
import Testing

/// `sheaf validate`, as people and their scripts call it.
@Suite struct ValidateTests {
    private static let good = """
        name: notes
        version: v1beta
        type: volume
        volume:
          size: 1Gi
          accessMode: ReadWriteMany
          type: persistent

        """
    private static let bad = "name: notes\nversion: v1beta\ntype: volumme\n"

    private struct Finding: Decodable {
        var code: String
        var file: String
        var line: Int
    }

    private func findings(_ result: Site.Result) throws -> [Finding] {
        try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
    }

    @Test func looksThroughDirectoriesButNotThroughHiddenOnes() async throws {
        let site = try Site()
        for path in ["b.yaml", "a/c.yml", "a/deep/d.yaml", "z.yaml"] { try site.write(path, Self.bad) }
        for path in [".git/x.yaml", "a/.cache/x.yaml", "notes.txt"] { try site.write(path, Self.bad) }
        let result = try await site.sheaf("validate", "bundle", "--format", "json")
        #expect(result.code == 65)
        #expect(
            try findings(result).map(\.file)
                == ["bundle/a/c.yml", "bundle/a/deep/d.yaml", "bundle/b.yaml", "bundle/z.yaml"]
        )
        #expect(result.errors == "not valid: 4 files, 4 errors, 0 warnings\n")
    }

    @Test func manyFilesAreReportedInTheirOrder() async throws {
        let site = try Site()
        let names = (100..<300).map { "m\($0).yaml" }
        for name in names { try site.write(name, Self.bad) }
        let result = try await site.sheaf("validate", "bundle", "--format", "json")
        #expect(try findings(result).map(\.file) == names.map { "bundle/\($0)" })
    }

    @Test func aFileThatCannotBeReadHidesNothingInTheOthers() async throws {
        let site = try Site()
        try site.write("a.yaml", Self.bad)
        try site.write("c/d.yaml", Self.good)
        let result = try await site.sheaf("validate", "bundle/a.yaml", "/proc/self/mem", "--format", "json")
        #expect(result.code == 65)
        #expect(try findings(result).map(\.code) == ["manifest.unknown-kind"])
        #expect(result.errors.contains("error[source.unreadable]: '/proc/self/mem' cannot be read"))
        let missing = try await site.sheaf("validate", "bundle/nothing.yaml")
        #expect(missing.code == 65 && missing.errors.contains("error[source.missing]"))
    }

    @Test func aFileThatIsFarTooLargeIsNotRead() async throws {
        let site = try Site()
        try site.write("a.yaml", "")
        // A file of a gigabyte that takes no room.
        let made = try await site.run("truncate", ["-s", "1G", "\(site.bundle)/a.yaml"])
        try #require(made.code == 0, "\(made)")
        let result = try await site.sheaf("validate", "bundle/a.yaml")
        #expect(result.code == 65)
        #expect(result.errors.hasPrefix("error[manifest.too-large]: "), "\(result)")
    }

    @Test func namesStandardInputAsItIsTold() async throws {
        let site = try Site()
        try site.write("a.yaml", Self.bad)
        let command = "\(Site.built)/sheaf validate - --stdin-name made/up.yaml --format github < bundle/a.yaml"
        let result = try await site.run("sh", ["-c", command])
        #expect(result.code == 65)
        #expect(result.output.hasPrefix("::error file=made/up.yaml,line=3,endLine=3,col=7,endColumn=14,"), "\(result)")
    }

    @Test func aGoodFileIsValidInEveryFormat() async throws {
        let site = try Site()
        try site.write("a.yaml", Self.good)
        for format in ["text", "json", "sarif", "github"] {
            let result = try await site.sheaf("validate", "bundle/a.yaml", "--strict", "--format", format)
            #expect(result.code == 0, "\(result)")
            #expect(result.errors == "valid: 1 file, 0 errors, 0 warnings\n")
        }
    }

    @Test func fixWithoutFixesChangesNothing() async throws {
        let site = try Site()
        try site.write("a.yaml", Self.good)
        let result = try await site.sheaf("validate", "bundle", "--fix")
        #expect(result.code == 0 && result.errors.hasPrefix("nothing to fix\n"), "\(result)")
        let dry = try await site.sheaf("validate", "bundle", "--fix", "--dry-run")
        #expect(dry.code == 0 && dry.output.isEmpty, "\(dry)")
        let text = try await site.run("sh", ["-c", "\(Site.built)/sheaf validate - --fix < bundle/a.yaml"])
        #expect(text.output == Self.good, "\(text)")
    }

    @Test func refusesOptionsThatContradictEachOther() async throws {
        let site = try Site()
        #expect(try await site.sheaf("validate", "--dry-run").code == 64)
        #expect(try await site.sheaf("validate", "-", "bundle", "--fix").code == 64)
    }
}
