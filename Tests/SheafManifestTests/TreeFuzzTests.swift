import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

/// Broken manifests by the thousand: `make fuzz MINUTES=10` runs longer, with a seed of its own or `SHEAF_FUZZ_SEED`.
///
/// Before each text its number is written to a file, whose path is printed first: after a crash, that seed and that
/// number give the text again.
@Suite struct TreeFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// So many texts take the suite a few seconds.
    private static let usualCount = 300

    @Test func everyTextEndsInFindingsAtPlacesOfTheFile() throws {
        let minutes = Self.environment["SHEAF_FUZZ_MINUTES"].flatMap(Double.init)
        let seed =
            Self.environment["SHEAF_FUZZ_SEED"].flatMap { UInt64($0) }
            ?? (minutes == nil ? 1 : UInt64.random(in: 0...UInt64.max))
        let note = FileManager.default.temporaryDirectory
            .appending(path: "sheaf-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        print("fuzz: seed \(seed), the number of the text is in \(note.path())")
        var fuzzer = TreeFuzzer(seed: seed, seeds: try Self.seeds())
        let deadline = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
        var number = 0
        while deadline.map({ ContinuousClock.now < $0 }) ?? (number < Self.usualCount) {
            let text = fuzzer.next()
            try Data("seed \(seed), text \(number), \(text.count) bytes\n".utf8).write(to: note)
            Self.check(text, "seed \(seed), text \(number)")
            number += 1
        }
        print("fuzz: \(number) texts")
        try FileManager.default.removeItem(at: note)
    }

    private static func check(_ text: [UInt8], _ name: String) {
        let (tree, diagnostics) = TreeParser.parse(text, file: "f.yaml")
        let again = TreeParser.parse(text, file: "f.yaml")
        #expect(diagnostics == again.diagnostics, "\(name)")
        #expect(tree.documents.map(tree.json) == again.tree.documents.map(again.tree.json), "\(name)")
        for diagnostic in diagnostics + ManifestValidator.validate(text, file: "f.yaml") {
            for span in [diagnostic.span].compactMap({ $0 }) + diagnostic.related.map(\.span) {
                #expect(isInside(span, tree.source), "\(name): \(diagnostic.code) at \(span)")
            }
        }
    }

    private static func isInside(_ span: SourceSpan, _ source: SourceText) -> Bool {
        let isOrdered = (span.line, span.column) <= (span.endLine, span.endColumn)
        guard isOrdered, span.line >= 1, span.column >= 1, span.endLine <= source.lineCount else { return false }
        let isEmpty = source.bytes.isEmpty && span.endLine == 1 && span.endColumn <= 2
        // A carriage return before the line feed may be pointed at, and the place behind the last character.
        return isEmpty || span.endColumn <= source.line(span.endLine).unicodeScalars.count + 3
    }

    private static func seeds() throws -> [[UInt8]] {
        let folder = "\(Repository.root)/Tests/Fixtures/manifests/fuzz"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        var seeds = try names.map { [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) }
        // Real manifests only where there is time, so that the usual run is the same everywhere.
        if environment["SHEAF_FUZZ_MINUTES"] != nil, Corpus.isPresent {
            seeds += try Corpus.entries().map { try Corpus.bytes(of: $0) }.filter { $0.count < 20_000 }
        }
        return seeds
    }
}
