package import SheafModel

/// Reads a file's bytes as a tree; bad input gives diagnostics, never a thrown error.
///
/// A file may hold several documents separated by `---`, and a document may be a list of manifests. Each document is
/// parsed by itself, so that a mistake in one hides nothing in the others.
package struct TreeParser {
    /// The most bytes a file may have; a manifest is written by people, or by a program for people to read.
    package static let sizeLimit = 256 << 20

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The file's content, which should be UTF-8.
    ///   - file: How the file is shown in spans.
    /// - Returns: The tree with the documents that could be read, and what is wrong, in the order of the text.
    /// - Complexity: Linear in the size of the text.
    package static func parse(_ bytes: [UInt8], file: String) -> (tree: YAMLTree, diagnostics: [Diagnostic]) {
        var findings = Findings()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let source = SourceText(content, file: file)
        guard content.count <= sizeLimit else {
            let start = SourceSpan(file: file, line: 1, column: 1, endLine: 1, endColumn: 2)
            findings.report(.tooLarge, "the file has more than \(sizeLimit >> 20) MiB", at: start)
            return (YAMLTree(source: SourceText([], file: file)), findings.inFileOrder)
        }
        guard String(validating: content, as: UTF8.self) != nil else {
            reportBrokenUTF8(content, file, &findings)
            return (YAMLTree(source: SourceText([], file: file)), findings.inFileOrder)
        }
        var builder = TreeBuilder(YAMLTree(source: source))
        content.withUnsafeBufferPointer { content in
            for chunk in DocumentSplitter.split(content) {
                read(UnsafeBufferPointer(rebasing: content[chunk]), base: chunk.lowerBound, &builder)
            }
        }
        return (builder.tree, builder.findings.inFileOrder)
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>, base: Int, _ builder: inout TreeBuilder) {
        let parser = EventParser(text, base: base)
        var start = builder.tree.nodes.count
        while true {
            switch parser.next() {
            case .failure(let failure):
                builder.reset(to: start)
                SyntaxReport(source: builder.tree.source, chunk: base..<base + text.count)
                    .report(failure, &builder.findings)
                return
            case .success(.streamEnd): return finishDocument(start, &builder)
            case .success(.documentStart):
                finishDocument(start, &builder)
                builder.beginDocument()
                start = builder.tree.nodes.count
            case .success(let event):
                do {
                    try builder.add(event)
                } catch let failure as EventParser.Failure {
                    builder.reset(to: start)
                    SyntaxReport(source: builder.tree.source, chunk: base..<base + text.count)
                        .report(failure, &builder.findings)
                    return
                } catch {
                    builder.reset(to: start)
                    builder.findings.report(
                        .tooLarge,
                        "the document has more than \(TreeBuilder.depthLimit) levels, or aliases that stand for more "
                            + "than \(TreeBuilder.aliasLimit) values",
                        at: builder.tree.source.span(base..<base)
                    )
                    return
                }
            }
        }
    }

    private static func finishDocument(_ start: Int, _ builder: inout TreeBuilder) {
        guard start < builder.tree.nodes.count else { return }
        let root = YAMLTree.NodeID(start)
        if builder.tree.isNull(root) { return }
        if builder.tree.isSequence(root) {
            builder.tree.documents.append(contentsOf: Array(builder.tree.elements(root)))
        } else {
            builder.tree.documents.append(root)
        }
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
