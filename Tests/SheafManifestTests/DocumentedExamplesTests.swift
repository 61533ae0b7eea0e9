import SheafManifest
import SheafModel
import Testing

/// Holds the examples of `docs/diagnostics.md` against what the program says of them.
@Suite struct DocumentedExamplesTests {
    /// A code with the files that give it.
    private struct Example {
        var code: String
        /// Empty name for a manifest by itself.
        var files: [String: String] = [:]
        var environment: String?

        init?(_ section: Substring) {
            code = String(section.prefix { $0 != "`" })
            var rest = section[...]
            while let start = rest.firstRange(of: "```yaml") {
                let block = rest[start.upperBound...]
                guard let line = block.firstIndex(of: "\n"), let end = block.firstRange(of: "```") else { return nil }
                let name = block[..<line].split(separator: " ").first.map(String.init) ?? ""
                files[name] = String(block[block.index(after: line)..<end.lowerBound])
                rest = block[end.upperBound...]
            }
            if files.isEmpty { return nil }
            environment = section.firstRange(of: "`--environment ").map { range in
                String(section[range.upperBound...].prefix { $0 != "`" })
            }
        }

        func findings() throws -> [String] {
            if let text = files[""] {
                return ManifestValidator.validate(Array(text.utf8), file: "m.yaml").map(\.code)
            }
            let request = ValueRequest(
                environment: environment,
                variables: [:],
                version: "1.0.0",
                provenance: Provenance(dirty: true)
            )
            let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve(values: request)
            return resolution.diagnostics.map(\.code)
        }
    }

    /// What no text alone shows; the page says why.
    private static let manual: Set<String> = [
        "manifest.not-utf8",
        "manifest.control-character",
        "manifest.too-many-findings",
        "manifest.template-unsupported",
        "manifest.template-value",
        "manifest.template-limit",
        "manifest.template-output",
        "values.secret-place",
        "values.secret-in-arguments",
        "values.unused-setting",
        "archive.literal-secret",
    ]

    @Test func everyExampleGivesItsCodeAndEveryCodeHasOne() throws {
        let page = try Repository.text("docs/diagnostics.md")
        let examples = page.split(separator: "\n### `").dropFirst().compactMap(Example.init)
        for example in examples {
            let found = try example.findings()
            #expect(found.contains(example.code), "\(example.code): \(found)")
        }
        let shown = Set(examples.map(\.code))
        let missing = ManifestCode.allCases.map(\.rawValue).filter { !shown.contains($0) && !Self.manual.contains($0) }
        #expect(missing.isEmpty, "no example for \(missing)")
    }
}
