import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

/// The schemas that editors get, and the files that they are made from.
@Suite struct SchemaExportTests {
    private static func tree(_ value: JSONValue) throws -> YAMLTree {
        let (tree, diagnostics) = TreeParser.parse(Array(try CanonicalJSON.encode(value)), file: "schema.json")
        #expect(!diagnostics.hasErrors)
        return tree
    }

    private static func metaSchema() throws -> CompiledSchema {
        let text = #"{"$ref": "https://json-schema.org/draft/2020-12/schema"}"#
        let (tree, _) = TreeParser.parse(Array(text.utf8), file: "meta.json")
        let root = try #require(tree.documents.first)
        return try SchemaCompiler.compile(tree, root, registry: .metaSchemas)
    }

    @Test(arguments: SchemaExport.entries().map(\.name))
    func everySchemaIsValidAndComplete(_ name: String) throws {
        let tree = try Self.tree(try #require(SchemaExport.schema(of: name)))
        let root = try #require(tree.documents.first)
        let violations = SchemaEvaluator.violations(of: try Self.metaSchema(), in: tree, at: root)
        #expect(violations.isEmpty, "\(violations.prefix(3))")
        // Compiling follows every reference.
        _ = try SchemaCompiler.compile(tree, root, registry: SchemaRegistry())
    }

    @Test func theSchemaOfAnyManifestGoesByItsTypeAndItsStack() throws {
        let tree = try Self.tree(SchemaExport.anyManifest())
        let schema = try SchemaCompiler.compile(tree, try #require(tree.documents.first))
        let good = "name: a\nversion: v1\ntype: service\nservice:\n  stack: container:1.0\n  stackSpec: {image: x}\n"
        #expect(try Self.accepts(schema, good))
        #expect(try !Self.accepts(schema, good.replacing("image", with: "imgae")))
        #expect(try !Self.accepts(schema, good.replacing("stack: con", with: "stak: con")))
        let bundle =
            "name: b\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n  - id: a\n    spec:\n"
            + good.split(separator: "\n").map { "      \($0)\n" }.joined()
        #expect(try Self.accepts(schema, bundle))
        #expect(try !Self.accepts(schema, bundle.replacing("image", with: "imgae")))
    }

    private static func accepts(_ schema: CompiledSchema, _ text: String) throws -> Bool {
        let (tree, diagnostics) = TreeParser.parse(Array(text.utf8), file: "m.yaml")
        try #require(diagnostics.isEmpty)
        return SchemaEvaluator.accepts(schema, tree, try #require(tree.documents.first))
    }

    @Test func whatIsAsGoodIsAcceptedByEditorsToo() throws {
        let tree = try Self.tree(try #require(SchemaExport.schema(of: "volume")))
        let schema = try SchemaCompiler.compile(tree, try #require(tree.documents.first))
        let text = "name: v\nversion: v1beta\ntype: volume\nvolume:\n  size: 1Gi\n  accessMode: ReadWriteOnce\n"
        #expect(try Self.accepts(schema, text + "  type: CloudPersistent\n"))
        #expect(try !Self.accepts(schema, text + "  type: cloud\n"))
    }

    @Test func everyFileIsEmbedded() throws {
        let names = Set(SchemaExport.entries().map { "\($0.sort)s/\($0.name)" })
        for (folder, sort) in [("Kinds", "kinds"), ("Stacks", "stacks")] {
            let path = "\(Repository.root)/Sources/SheafManifest/\(folder)"
            for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasSuffix(".yaml") {
                let name = file.dropLast(5)
                #expect(name == "common" || names.contains("\(sort)/\(name)"), "\(folder)/\(file)")
            }
        }
    }

    @Test func theReferenceIsUpToDate() throws {
        for page in try ReferencePages.all() {
            let text = try Repository.text("docs/manifest/\(page.path)")
            #expect(text == page.text, "docs/manifest/\(page.path): run 'make docs'")
        }
    }
}
