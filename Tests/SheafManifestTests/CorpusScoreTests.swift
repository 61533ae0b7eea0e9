import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

/// How much of what is known to be wrong with real manifests is reported, at the true line and in words.
@Suite(.enabled(if: Corpus.isPresent, "the corpus of real manifests is not beside the repository"))
struct CorpusScoreTests {
    /// The part of the known findings that has to be reported.
    private static let wantedShare = 0.95

    /// Codes that speak of what the corpus calls by another name; anything else at the right line says something else.
    private static let codes: [String: Set<String>] = [
        "legacy-stack-key": ["manifest.deprecated-key"],
        "null-value": [
            "manifest.empty-value", "manifest.missing-key", "manifest.empty-file", "manifest.misplaced-key",
        ],
        "unknown-top-key": ["manifest.unknown-key", "manifest.misplaced-key", "manifest.unusual-value"],
        "missing-key": ["manifest.missing-key", "manifest.recommended-key", "manifest.key-spelling"],
        "unusual-type": ["manifest.wrong-type", "manifest.converted-type", "manifest.unusual-value"],
        "bad-quantity": ["manifest.unusual-value", "manifest.invalid-value"],
        "misspelled-key": ["manifest.key-spelling", "manifest.unknown-key"],
        "odd-version": ["manifest.unusual-version", "manifest.invalid-version"],
        "case-variant": ["manifest.key-spelling", "manifest.unusual-value"],
        "missing-section": ["manifest.missing-key", "manifest.key-spelling"],
        "empty-section": ["manifest.missing-key", "manifest.empty-value"],
        "duplicate-key": ["manifest.duplicate-key"],
        "dangling-dependency": ["manifest.unknown-dependency", "manifest.condition-without-dependency"],
        "layout-version": ["manifest.unusual-value", "manifest.missing-key"],
        "outdented-children": ["manifest.misplaced-key"],
        "section-not-mapping": [
            "manifest.wrong-type", "manifest.converted-type", "manifest.unresolved-placeholder",
        ],
        "wrong-type": ["manifest.wrong-type", "manifest.converted-type", "manifest.unresolved-placeholder"],
        "bundle-unknown-key": ["manifest.unknown-key", "manifest.misplaced-key", "manifest.key-spelling"],
        "requests-above-limits": ["manifest.unusual-value"],
        "section-mismatch": ["manifest.unknown-key", "manifest.misplaced-key", "manifest.key-spelling"],
        "overindented-key": ["manifest.misplaced-key", "manifest.unusual-value"],
        "missing-meta": ["manifest.missing-key"],
        "wrong-case-key": ["manifest.key-spelling"],
        "bad-name": ["manifest.invalid-name", "manifest.unusual-name", "manifest.missing-key"],
        "credential-is-number": ["manifest.unusual-value"],
        "placeholder-key": ["manifest.unknown-key", "manifest.unresolved-placeholder", "manifest.empty-value"],
        "spec-and-file": ["manifest.spec-or-file"],
        "null-first-key": ["manifest.empty-value", "manifest.missing-key", "manifest.misplaced-key"],
        "tags-not-list": ["manifest.empty-value", "manifest.converted-type", "manifest.missing-key"],
        "quoted-bool": ["manifest.converted-type"],
        "bad-cron": ["manifest.invalid-cron"],
        "bad-enum": ["manifest.unusual-value", "manifest.invalid-value"],
        "unknown-type": ["manifest.kind-spelling", "manifest.unknown-kind"],
    ]

    /// What the parser sees in the text, which its own tests are about.
    private static let textCodes: Set<String> = [
        "placeholder-splits", "space-before-colon", "swallowed-line", "leftover-annotation", "implicit-timestamp",
        "trailing-punctuation", "null-first-key",
    ]

    /// What is about the manifest as a whole.
    private static let wholeCodes: Set<String> = ["missing-section", "missing-meta"]

    private static func reports(_ diagnostic: Diagnostic, _ finding: Corpus.Entry.Finding) -> Bool {
        guard codes[finding.code]?.contains(diagnostic.code) ?? true else { return false }
        if wholeCodes.contains(finding.code) { return true }
        // The key is there in another case, which is reported where it stands.
        if finding.code == "missing-key", diagnostic.code == "manifest.key-spelling" { return true }
        let lines = [diagnostic.span?.line] + diagnostic.related.map(\.span.line)
        return lines.contains(finding.line)
    }

    @Test func whatIsKnownToBeWrongIsReported() throws {
        var known = 0
        var misses: [String] = []
        for entry in try Corpus.entries() where entry.loads {
            guard let findings = entry.findings, !findings.isEmpty else { continue }
            let diagnostics = ManifestValidator.validate(try Corpus.bytes(of: entry), file: entry.file)
            for finding in findings where !Self.textCodes.contains(finding.code) {
                known += 1
                if diagnostics.contains(where: { Self.reports($0, finding) }) { continue }
                let near = diagnostics.filter { abs(($0.span?.line ?? 0) - finding.line) <= 2 }
                    .map { "\($0.code) \($0.span?.line ?? 0): \($0.message)" }
                misses.append("\(entry.file):\(finding.line) \(finding.code): \(finding.msg); near: \(near)")
            }
        }
        let share = Double(known - misses.count) / Double(max(1, known))
        for miss in misses { print("missed: \(miss)") }
        print("score: \(known - misses.count) of \(known) findings of the corpus are reported")
        #expect(share >= Self.wantedShare)
    }

    @Test func goodManifestsGiveNoErrorsAndFewWarnings() throws {
        var files = 0
        var warnings: [String] = []
        for entry in try Corpus.entries() where entry.loads && (entry.findings ?? []).isEmpty {
            files += 1
            let diagnostics = ManifestValidator.validate(try Corpus.bytes(of: entry), file: entry.file)
            let errors = diagnostics.filter { $0.severity == .error }
            #expect(errors.isEmpty, "\(entry.file): \(errors.map { "\($0.span?.line ?? 0): \($0.message)" })")
            warnings += diagnostics.filter { $0.severity == .warning }
                .map { "\(entry.file):\($0.span?.line ?? 0) \($0.code): \($0.message)" }
        }
        for warning in warnings { print("warned: \(warning)") }
        print("score: \(warnings.count) warnings for \(files) good manifests")
        #expect(warnings.count * 5 <= files)
    }
}
