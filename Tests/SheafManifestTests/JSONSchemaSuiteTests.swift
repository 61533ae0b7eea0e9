import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

/// The public test suite of JSON Schema, beside the repository where it is at hand.
@Suite(.enabled(if: JSONSchemaSuite.isPresent, "the JSON Schema test suite is not beside the repository"))
struct JSONSchemaSuiteTests {
    /// What is not run, and why; a name is `draft/file`, or `draft/file: description` for a single group.
    private static let skipped: [String: String] = [
        "draft7/optional/cross-draft.json": "its remote schema of draft 2019-09 is not at hand",
        "draft2020-12/optional/cross-draft.json": "its remote schema of draft 2019-09 is not at hand",
        "draft7/optional/content.json": "content is described, not checked",
        "draft2020-12/optional/format/idn-hostname.json": "needs the tables of IDNA",
        "draft7/optional/format/idn-hostname.json": "needs the tables of IDNA",
        "draft2020-12/optional/format/hostname.json: validation of A-label (punycode) host names":
            "needs the tables of IDNA",
        "draft7/optional/format/hostname.json: validation of A-label (punycode) host names": "needs the tables of IDNA",
    ]

    @Test(arguments: JSONSchemaSuite.files())
    func acceptsAndRefusesAsTheSuiteSays(_ file: String) throws {
        guard Self.skipped[file] == nil else { return }
        let bytes = try JSONSchemaSuite.bytes(file)
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        #expect(!diagnostics.hasErrors, "\(file): \(diagnostics.map(\.message))")
        for group in tree.documents {
            guard let schema = tree.value(group, "schema"), let tests = tree.value(group, "tests") else { continue }
            let title = tree.value(group, "description").map { tree.text($0) } ?? ""
            if Self.skipped["\(file): \(title)"] != nil { continue }
            let compiled: CompiledSchema
            do {
                compiled = try SchemaCompiler.compile(
                    tree,
                    schema,
                    draft: file.hasPrefix("draft7") ? .draft7 : .draft2020,
                    registry: JSONSchemaSuite.registry,
                    assertsFormats: file.contains("optional/format/")
                )
            } catch {
                Issue.record("\(file): \(title): \(error)")
                continue
            }
            for test in tree.elements(tests) {
                guard let data = tree.value(test, "data"), let valid = tree.value(test, "valid") else { continue }
                let name = tree.value(test, "description").map { tree.text($0) } ?? ""
                let found = SchemaEvaluator.violations(of: compiled, in: tree, at: data)
                #expect(found.isEmpty == (tree.scalarValue(valid) == .bool(true)), "\(file): \(title): \(name)")
            }
        }
    }
}

/// Where the suite is, and its files as this parser can read them.
enum JSONSchemaSuite {
    private static let folder: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/json-schema-suite"
    }()

    static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

    /// The files of both drafts, such as `draft7/optional/format/date.json`.
    static func files() -> [String] {
        ["draft2020-12", "draft7"].flatMap { draft in
            // Without the suite there is nothing to list, and the tests are skipped.
            ((try? FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(draft)")) ?? [])
                .filter { $0.hasSuffix(".json") }.sorted().map { "\(draft)/\($0)" }
        }
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
        return JSONText.readable([UInt8](data))
    }

    static let registry: SchemaRegistry = {
        var registry = SchemaRegistry.metaSchemas
        let remotes = (try? FileManager.default.subpathsOfDirectory(atPath: "\(folder)/remotes")) ?? []
        for path in remotes where path.hasSuffix(".json") {
            guard let bytes = try? bytes("remotes/\(path)") else { continue }
            registry.add(bytes, uri: "http://localhost:1234/\(path)")
        }
        return registry
    }()
}
