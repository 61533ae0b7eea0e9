package import SheafModel
internal import Yams

/// Reads manifest text as trees; bad input gives diagnostics, never a thrown error.
///
/// A file may hold several documents separated by `---`, and a document may be a list of manifests. Each document is
/// parsed by itself, so that a mistake in one hides nothing in the others.
package struct ManifestParser {
    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The file's content, which should be UTF-8.
    ///   - file: How the file is shown in spans.
    /// - Returns: The documents that could be read, in order, lists of manifests taken apart; empty documents are
    ///   left out. The diagnostics are in the order of the text.
    package static func parse(
        _ bytes: [UInt8],
        file: String
    ) -> (documents: [ManifestNode], diagnostics: [Diagnostic]) {
        var findings = Findings()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard let text = String(validating: content, as: UTF8.self) else {
            reportBrokenUTF8(content, file, &findings)
            return ([], findings.inFileOrder)
        }
        let source = SourceText(text, file: file)
        var documents: [ManifestNode] = []
        for chunk in DocumentSplitter.split(source.lines) {
            let parser = DocumentParser(source: source, chunk: chunk)
            for root in parser.parse(&findings) where !root.isNull {
                documents.append(contentsOf: root.elements ?? [root])
            }
        }
        return (documents, findings.inFileOrder)
    }

    private static func reportBrokenUTF8(_ bytes: [UInt8], _ file: String, _ findings: inout Findings) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue("\n"):
                line += 1
                column = 1
            case .scalarValue: column += 1
            case .emptyInput, .error: break decoding
            }
        }
        findings.report(
            .notUTF8,
            "the file is not UTF-8: a broken byte sequence begins here",
            at: SourceSpan(file: file, line: line, column: column, endLine: line, endColumn: column + 1),
            help: "save the file as UTF-8"
        )
    }
}

/// Splits a file at its `---` lines, which YAML allows at the start of a line for nothing else.
enum DocumentSplitter {
    /// Returns: Ranges of 0-based line numbers, each one document with the directives before it.
    static func split(_ lines: [Substring]) -> [Range<Int>] {
        var starts = [0]
        for (index, line) in lines.enumerated() where index > 0 && isMarker(line) {
            let before = lines[(starts.last ?? 0)..<index]
            // Comments and directives before the marker belong to the document that it begins.
            let isPreamble = before.allSatisfy {
                $0.allSatisfy(\.isWhitespace) || $0.hasPrefix("#") || $0.hasPrefix("%")
            }
            if !isPreamble { starts.append(index) }
        }
        return starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : lines.count) }
    }

    private static func isMarker(_ line: Substring) -> Bool {
        guard line.hasPrefix("---") else { return false }
        let next = line.utf8.dropFirst(3).first
        return next == nil || next == UInt8(ascii: " ") || next == UInt8(ascii: "\t")
    }
}
