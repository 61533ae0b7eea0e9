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

    @Test func everyManifestThatLoadsIsReadAsATree() throws {
        for entry in try Corpus.entries() where entry.loads {
            let (documents, diagnostics) = ManifestParser.parse(try Corpus.bytes(of: entry), file: entry.file)
            #expect(!documents.isEmpty, "\(entry.file)")
            #expect(diagnostics.allSatisfy { $0.code == "manifest.duplicate-key" }, "\(entry.file)")
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
