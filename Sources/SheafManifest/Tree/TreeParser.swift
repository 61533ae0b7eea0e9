package import SheafModel

/// Reads a file's bytes as a tree; bad input gives diagnostics, never a thrown error.
///
/// A file may hold several documents separated by `---`, and a document may be a list of manifests. A mistake in one
/// document hides nothing in the others. A document with a mistake whose remedy is clear is read as if it were mended,
/// so that all its other mistakes are found in the same run; the tree has it then, with its places in the file.
package struct TreeParser {
    /// The most bytes a file may have; what reads a file should look at its size before.
    package static let sizeLimit = TreeLimits.fileSize

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The file's content, which should be UTF-8.
    ///   - file: How the file is shown in spans.
    /// - Returns: The tree with the documents that could be read, and what is wrong or doubtful in the text, in its
    ///   order.
    /// - Complexity: Linear in the size of the text.
    package static func parse(_ bytes: [UInt8], file: String) -> (tree: YAMLTree, diagnostics: [Diagnostic]) {
        guard bytes.count <= sizeLimit else {
            return (YAMLTree(source: SourceText([], file: file)), [tooLarge(bytes.count, file: file)])
        }
        let text = TextDecoder.decode(bytes)
        let source = SourceText(text.bytes, file: file, isASCII: text.isASCII)
        return text.bytes.withUnsafeBufferPointer { bytes in
            var reader = TreeReader(YAMLTree(source: source), bytes, isASCII: text.isASCII)
            for problem in text.problems { reader.builder.report(problem, source) }
            if text.isReadable { reader.read() }
            return (reader.builder.tree, reader.findings.inFileOrder)
        }
    }

    /// The finding for a file that has more bytes than are read.
    ///
    /// - Parameters:
    ///   - size: The file's size in bytes.
    ///   - file: How the file is shown in spans.
    /// - Returns: An error.
    package static func tooLarge(_ size: Int, file: String) -> Diagnostic {
        Diagnostic(
            code: ManifestCode.tooLarge.rawValue,
            message: "the file has \((size + (1 << 20) - 1) >> 20) MiB, and a manifest may have \(sizeLimit >> 20)",
            span: SourceSpan(file: file, line: 1, column: 1, endLine: 1, endColumn: 2),
            help: "check that this is the file you meant; split a manifest of this size into several files"
        )
    }
}
