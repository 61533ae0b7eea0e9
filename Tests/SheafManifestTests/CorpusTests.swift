import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

@Suite(.enabled(if: Corpus.isPresent, "the corpus of real manifests is not beside the repository"))
struct CorpusTests {
    /// Codes that say that a key or a type is wrong.
    private static let shapeCodes: Set<String> = [
        "manifest.unknown-key", "manifest.wrong-type", "manifest.invalid-value", "manifest.missing-key",
        "manifest.misplaced-key", "manifest.invalid-name", "manifest.conflicting-keys",
    ]

    /// What the corpus says of manifests that have such a mistake.
    private static let realMistakes: Set<String> = [
        "missing-meta", "missing-section", "empty-section", "null-value", "duplicate-key", "outdented-children",
        "unknown-top-key", "section-mismatch", "spec-and-file", "dangling-dependency", "bad-cron", "bad-enum",
        "section-not-mapping", "missing-key", "bad-name",
    ]

    @Test func everyManifestThatDoesNotLoadHasAnErrorWithAPlace() throws {
        for entry in try Corpus.entries() where !entry.loads {
            let diagnostics = ManifestValidator.validate(try Corpus.bytes(of: entry), file: entry.file)
            #expect(diagnostics.contains { $0.severity == .error && $0.span != nil }, "\(entry.file)")
        }
    }

    /// The codes that name a cause, by what the corpus calls it.
    private static let causeCodes: [String: Set<String>] = [
        "tab-indentation": ["manifest.tab"],
        "placeholder-flow-map": ["manifest.unquoted-placeholder"],
        "placeholder-followed-by-text": ["manifest.unquoted-placeholder"],
        "placeholder-quoted-pair": ["manifest.placeholder-splits"],
        "over-indented-key": ["manifest.indentation"],
        "list-item-keys-not-aligned": ["manifest.indentation"],
        "markdown-bold": ["manifest.markdown"],
        "stray-text": ["manifest.stray-text"],
        "unquoted-asterisk": ["manifest.unquoted-text"],
        "comment-swallows-key": ["manifest.swallowed-key"],
        "value-and-children": ["manifest.value-and-children"],
        "control-character": ["manifest.control-character"],
        "missing-parent-key": ["manifest.missing-parent"],
    ]

    /// The findings that the text shows without a schema, and the codes for them.
    private static let textCodes: [String: String] = [
        "placeholder-splits": "manifest.placeholder-splits", "space-before-colon": "manifest.space-before-colon",
        "swallowed-line": "manifest.swallowed-line", "duplicate-key": "manifest.duplicate-key",
        "implicit-timestamp": "manifest.implicit-timestamp",
        "trailing-punctuation": "manifest.trailing-punctuation",
        "leftover-annotation": "manifest.leftover-annotation", "null-first-key": "manifest.null-first-key",
    ]

    /// Says what share of what is known is reported at its line with the right code, and what is missed.
    private func score(_ name: String, _ known: [(file: String, line: Int, codes: Set<String>)]) throws -> Double {
        var hits = 0
        for (file, line, codes) in known {
            let bytes = try Data(contentsOf: URL(filePath: "\(Corpus.folder)/\(file)"))
            let diagnostics = TreeParser.parse([UInt8](bytes), file: file).diagnostics
            let isHit = diagnostics.contains { $0.span?.line == line && codes.contains($0.code) }
            hits += isHit ? 1 : 0
            if !isHit { print("\(name): missed \(codes.sorted()) at \(file):\(line)") }
        }
        print("\(name): \(hits) of \(known.count)")
        return Double(hits) / Double(max(1, known.count))
    }

    @Test func theCauseIsNamedAtItsLine() throws {
        let known = try Corpus.entries().compactMap { entry in
            entry.cause.map { (entry.file, $0.realLine, Self.causeCodes[$0.cause] ?? []) }
        }
        #expect(try score("causes", known) >= 0.98)
    }

    @Test func textsThatMeanSomethingElseAreReportedAtTheirLine() throws {
        var known: [(file: String, line: Int, codes: Set<String>)] = []
        for entry in try Corpus.entries() where entry.loads {
            for finding in entry.findings ?? [] {
                if let code = Self.textCodes[finding.code] { known.append((entry.file, finding.line, [code])) }
            }
        }
        #expect(try score("texts", known) >= 0.98)
    }

    @Test func textsWithoutFindingsGiveNoErrorAndHardlyAWarning() throws {
        let entries = try Corpus.entries().filter { $0.loads && ($0.findings ?? []).isEmpty }
        var warnings = 0
        for entry in entries {
            let diagnostics = TreeParser.parse(try Corpus.bytes(of: entry), file: entry.file).diagnostics
            #expect(!diagnostics.hasErrors, "\(entry.file)")
            warnings += diagnostics.count
        }
        #expect(warnings * 50 <= entries.count)
    }

    @Test func everyManifestThatLoadsIsReadAsATree() throws {
        for entry in try Corpus.entries() where entry.loads {
            let (documents, diagnostics) = ManifestParser.parse(try Corpus.bytes(of: entry), file: entry.file)
            #expect(!documents.isEmpty, "\(entry.file)")
            let errors = diagnostics.filter { $0.severity == .error }
            #expect(errors.allSatisfy { $0.code == "manifest.duplicate-key" }, "\(entry.file)")
        }
    }

    @Test func errorsAreRealMistakes() throws {
        for entry in try Corpus.entries() where entry.loads {
            let known = Set((entry.findings ?? []).map(\.code))
            guard known.isDisjoint(with: Self.realMistakes) else { continue }
            let diagnostics = ManifestValidator.validate(try Corpus.bytes(of: entry), file: entry.file)
            let errors = diagnostics.filter { $0.severity == .error && Self.shapeCodes.contains($0.code) }
            #expect(errors.isEmpty, "\(entry.file): \(errors.map(\.message))")
        }
    }

    @Test func whatHasNoErrorsDecodesAsItsTypedSpec() throws {
        var decoded = 0
        for entry in try Corpus.entries() where entry.loads && entry.type != "bundle" {
            let text = String(decoding: try Corpus.bytes(of: entry), as: UTF8.self)
            var bundle = "name: b\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n"
            bundle += "  - {id: item, workspace: public, file: item.yaml}\n"
            let files = MemoryFiles(files: ["bundle.yaml": bundle, "item.yaml": text])
            let resolution = try BundleResolver(files: files).resolve()
            guard let resource = resolution.bundle?.resources.first else { continue }
            try TypedSpec.decode(resource)
            decoded += 1
        }
        #expect(decoded > 300)
    }
}

/// Decodes a resource as the type of its kind.
enum TypedSpec {
    static func decode(_ resource: ResolvedResource) throws {
        switch resource.id.kind {
        case .service, .worker: _ = try resource.spec(WorkloadSpec.self)
        case .workflow: _ = try resource.spec(WorkflowSpec.self)
        case .secret, .instanceSecret: _ = try resource.spec(SecretSpec.self)
        case .volume: _ = try resource.spec(VolumeSpec.self)
        case .depot: _ = try resource.spec(DepotSpec.self)
        case .compute: _ = try resource.spec(ComputeSpec.self)
        case .stack: _ = try resource.spec(StackSpec.self)
        default: break
        }
    }
}
