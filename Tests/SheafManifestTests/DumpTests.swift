import FoundationEssentials
import SheafManifest
import SheafModel
import Testing

@Suite struct DumpTests {
    @Test func dump() throws {
        var out = ""
        for e in try Corpus.entries() {
            let b = try Corpus.bytes(of: e)
            for d in ManifestValidator.validate(b, file: e.file) {
                out += "\(d.severity.rawValue)|\(d.code)|\(e.loads)|\(e.file)|\n" + DiagnosticText.render(d, sources: [e.file: b], colour: false) + "\n\n"
            }
        }
        try Data(out.utf8).write(to: URL(filePath: "/tmp/dump-manifest.txt"))
    }
}
