import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

/// What editors are given must be sound, and must not show errors where there are none.
@Suite struct EditorSchemaTests {
    /// The compiled schemas of all kinds, and `manifest` for every manifest.
    private static let compiled: [String: CompiledSchema] = {
        EditorSchema.all().compactMapValues { schema in
            // What does not compile is missing, which the tests report.
            try? compile(schema.jsonText)
        }
    }()

    private static func compile(_ text: String) throws -> CompiledSchema {
        let (tree, diagnostics) = TreeParser.parse(JSONText.readable(Array(text.utf8)), file: "schema.json")
        try #require(diagnostics.isEmpty)
        return try SchemaCompiler.compile(tree, try #require(tree.documents.first))
    }

    /// What an editor would say about a manifest; nil for a kind that has no schema.
    static func complaints(_ text: String, schema: String = "manifest") throws -> [String] {
        let (tree, _) = TreeParser.parse(Array(text.utf8), file: "manifest.yaml")
        let schema = try #require(compiled[schema])
        return tree.documents.flatMap { document in
            SchemaEvaluator.violations(of: schema, in: tree, at: document).map {
                "\(tree.span($0.node).line): \($0.keyword): \($0.message) (\($0.schemaPointer))"
            }
        }
    }

    @Test func everySchemaIsValidByItsMetaSchema() throws {
        let uri = "https://json-schema.org/draft/2020-12/schema"
        let (meta, _) = TreeParser.parse(Array(#"{"$ref": "\#(uri)"}"#.utf8), file: "meta.json")
        let schema = try SchemaCompiler.compile(meta, try #require(meta.documents.first), registry: .metaSchemas)
        var documents = EditorSchema.all()
        for stack in SchemaLibrary.embedded.stacks { documents[stack.name] = EditorSchema.schema(of: stack) }
        for (name, document) in documents {
            let (tree, _) = TreeParser.parse(JSONText.readable(Array(document.jsonText.utf8)), file: name)
            let found = SchemaEvaluator.violations(of: schema, in: tree, at: try #require(tree.documents.first))
            #expect(found.isEmpty, "\(name): \(found.map(\.message))")
        }
    }

    @Test func everySchemaIsOfItselfAndPlain() throws {
        let strangers = ["x-", "unevaluated", "$dynamicRef", "$anchor", "$id"]
        for entry in SchemaLibrary.embedded.entries {
            let schema = EditorSchema.schema(of: entry)
            let known = Set(schema["$defs"]?.members.map(\.key) ?? [])
            var problems: [String] = []
            func look(_ part: OrderedJSON, isNames: Bool) {
                for member in part.members {
                    if !isNames, strangers.contains(where: member.key.hasPrefix) { problems.append(member.key) }
                    if !isNames, member.key == "$ref", let target = member.value.text, target != "#",
                        !known.contains(target.replacing("#/$defs/", with: ""))
                    {
                        problems.append(target)
                    }
                    guard isNames || !["default", "examples", "enum", "const"].contains(member.key) else { continue }
                    look(member.value, isNames: !isNames && ["properties", "$defs"].contains(member.key))
                }
                for element in part.elements { look(element, isNames: false) }
            }
            look(schema, isNames: false)
            #expect(problems.isEmpty, "\(entry.name): \(problems)")
        }
    }

    @Test func acceptsTheTemplates() throws {
        let folder = "\(Repository.root)/templates"
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
            $0.hasSuffix("bundle.yaml") || ($0.contains("/resources/") && $0.hasSuffix(".yaml"))
        }
        try #require(paths.count > 5)
        for path in paths {
            let found = try Self.complaints(try Repository.text("templates/\(path)"))
            #expect(found.isEmpty, "\(path): \(found)")
        }
    }

    @Test(.enabled(if: Corpus.isPresent, "optional: the corpus is not beside the repository"))
    func acceptsEveryRealManifestThatIsGood() throws {
        for entry in try Corpus.entries() where entry.loads && entry.findings?.isEmpty != false {
            let text = String(decoding: try Corpus.bytes(of: entry), as: UTF8.self)
            let found = try Self.complaints(text)
            #expect(found.isEmpty, "\(entry.file): \(found.joined(separator: "\n  "))")
            let type = (entry.type ?? "").lowercased()
            guard Self.compiled[type] != nil else { continue }
            #expect(try Self.complaints(text, schema: type).isEmpty == found.isEmpty, "\(entry.file)")
        }
    }

    private static func service(_ lines: String) -> String {
        "name: web\nversion: v1\ntype: service\nservice:\n  stack: container\n  servicePort: 80\n" + lines
    }

    @Test(arguments: [
        "  logLevel: debug", "  logLevel: warning", "  replicas: '2'", "  dryRun: 'True'", "  tags: one",
        "  compute:", "  secrets: [shop]", "  dataosSecrets: shop", "  dataosSecrets: {name: shop, allkeys: true}",
        "  replicas: ${{REPLICAS}}", "  ingress: ${{INGRESS}}", "  title: 1.0", "  container: {image: nginx}",
        "  highAvailabilityConfig: {level: zone, replicas: 2}", "  ${{KEY}}: 1", "  envs: {A: 1, B: }",
        "  stackSpec: {image: nginx, unknown: 1}", "  resources: {request: {cpu: 1}}",
    ])
    func acceptsWhatValidateTakesWithoutAnError(_ line: String) throws {
        #expect(try Self.complaints(Self.service(line), schema: "service").isEmpty)
    }

    @Test(arguments: [
        "  logLevel: loud", "  replicas: many", "  dryRun: perhaps", "  unknown: 1", "  tags: {a: b}",
        "  dataosSecrets: [{workspace: public}]", "  title: [a]", "  ingress: plain", "  path: /shop",
        "  stackSpec: {image: [nginx]}",
    ])
    func refusesWhatValidateCallsAnError(_ line: String) throws {
        #expect(try !Self.complaints(Self.service(line), schema: "service").isEmpty)
        #expect(try !Self.complaints(Self.service(line)).isEmpty)
    }

    @Test(arguments: [
        ("flare", "job"), ("flare:7.0", "job"), ("flare-sdk:1.0", "jarFile"), ("soda+python:1.0", "inputs"),
    ])
    func choosesTheParametersByTheStack(_ stack: String, _ key: String) throws {
        let schema = EditorSchema.schema(of: try #require(SchemaLibrary.embedded.entry(named: "workflow")))
        let definitions = schema["$defs"]?.members ?? []
        let rules = definitions.flatMap { Self.rules(in: $0.value) } + Self.rules(in: schema)
        // A pattern that is none matches nothing, which the test reports.
        let rule = rules.first { rule in
            guard let pattern = rule["if"]?["properties"]?["stack"]?["pattern"]?.text else { return false }
            return (try? Regex(pattern).prefixMatch(in: stack)) != nil
        }
        let target = try #require(rule?["then"]?["properties"]?["stackSpec"]?["$ref"]?.text)
        let definition = schema["$defs"]?[target.replacing("#/$defs/", with: "")]
        #expect(definition?["properties"]?[key] != nil)
    }

    private static func rules(in schema: OrderedJSON) -> [OrderedJSON] {
        (schema["allOf"]?.elements ?? []) + schema.members.flatMap { rules(in: $0.value) }
            + schema.elements.flatMap(rules)
    }

    @Test func namesWhatToWriteInPlaceOfAnOldKey() throws {
        let schema = EditorSchema.schema(of: try #require(SchemaLibrary.embedded.entry(named: "service")))
        let secrets = try #require(schema["properties"]?["service"]?["properties"]?["secrets"])
        #expect(secrets["deprecated"]?.isTrue == true)
        #expect(secrets["description"]?.text == "Write 'dataosSecrets'.")
        #expect(secrets["deprecationMessage"]?.text == "Write 'dataosSecrets'.")
    }

    @Test func takesManifestsOfAnyKindInABundle() throws {
        let bundle = """
            name: shop
            version: v1beta
            type: bundle
            bundle:
              resources:
                - id: web
                  spec:
                    name: web
                    version: v1
                    type: service
                    service: {stack: container, servicePort: 80, %}
                - name: other
                  file: other.yaml
            """
        #expect(try Self.complaints(bundle.replacing(", %", with: ""), schema: "bundle").isEmpty)
        #expect(try !Self.complaints(bundle.replacing("%", with: "unknown: 1"), schema: "bundle").isEmpty)
        let without = bundle.replacing(", %", with: "").replacing("file: other.yaml", with: "workspace: public")
        #expect(try !Self.complaints(without, schema: "bundle").isEmpty)
    }
}
