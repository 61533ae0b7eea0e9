import SheafManifest
import SheafModel

/// Reads the YAML files that people write for Sheaf itself, and collects what is wrong with them.
///
/// Every key must be known and every value be of its type: what is misspelt must not count as absent.
struct SettingsReader {
    /// What the codes of findings begin with, such as `trust`.
    let prefix: String
    private(set) var findings: [Diagnostic] = []

    init(prefix: String) { self.prefix = prefix }

    /// The document of a file.
    ///
    /// - Returns: nil when there is none, or when it cannot be read; findings say why.
    mutating func document(_ bytes: [UInt8], file: String) -> ManifestNode? {
        let (documents, diagnostics) = ManifestParser.parse(bytes, file: file)
        findings += diagnostics.map { diagnostic in
            var own = diagnostic
            own.code = "\(prefix)." + (diagnostic.code.split(separator: ".").last ?? "syntax")
            return own
        }
        if documents.count > 1 {
            report("several-documents", "the file holds several documents", at: documents[1].span)
        }
        return findings.hasErrors ? nil : documents.first
    }

    /// Says that something is wrong.
    mutating func report(_ code: String, _ message: String, at span: SourceSpan?, help: String? = nil) {
        findings.append(Diagnostic(code: "\(prefix).\(code)", message: message, span: span, help: help))
    }

    /// The entries of a mapping whose keys are all known.
    mutating func entries(_ node: ManifestNode, of title: String, keys: [String]) -> [ManifestNode.Entry]? {
        guard let entries = entries(node, of: title) else { return nil }
        for entry in entries where !keys.contains(entry.key) {
            report(
                "unknown-key",
                "\(title) has no key '\(entry.key)'",
                at: entry.keySpan,
                help: Suggestion.help(for: entry.key, among: keys) ?? "the keys are: \(keys.joined(separator: ", "))"
            )
        }
        return entries
    }

    /// The entries of a mapping whose keys are the user's own.
    mutating func entries(_ node: ManifestNode, of title: String) -> [ManifestNode.Entry]? {
        if let entries = node.entries { return entries }
        report("wrong-type", "\(title) must be a mapping, and is \(node.kindInWords)", at: node.span)
        return nil
    }

    /// A text that is not empty.
    mutating func text(_ node: ManifestNode, of title: String) -> String? {
        if let text = node.text, !text.isEmpty { return text }
        report("wrong-type", "\(title) must be a text, and is \(node.kindInWords)", at: node.span)
        return nil
    }

    /// A list of texts, or one text in its place.
    mutating func texts(_ node: ManifestNode, of title: String) -> [(text: String, span: SourceSpan)] {
        let elements = node.elements ?? [node]
        if elements.isEmpty { report("empty-list", "\(title) must not be empty", at: node.span) }
        return elements.compactMap { element in text(element, of: title).map { ($0, element.span) } }
    }

    /// A whole number.
    mutating func number(_ node: ManifestNode, of title: String) -> Int? {
        if case .integer(let value) = node.scalar?.value { return Int(value) }
        report("wrong-type", "\(title) must be a whole number, and is \(node.kindInWords)", at: node.span)
        return nil
    }

    /// `true` or `false`.
    mutating func flag(_ node: ManifestNode, of title: String) -> Bool? {
        if case .bool(let value) = node.scalar?.value { return value }
        report("wrong-type", "\(title) must be true or false, and is \(node.kindInWords)", at: node.span)
        return nil
    }

    /// A number of bytes: a whole number, or one with a unit such as `10GiB`.
    mutating func size(_ node: ManifestNode, of title: String) -> Int64? {
        if case .integer(let value) = node.scalar?.value { return Int64(value) }
        if let text = node.text, let size = ByteSize(text) { return size.bytes }
        report(
            "wrong-type",
            "\(title) must be a size, and is \(node.text.map { "'\($0)'" } ?? node.kindInWords)",
            at: node.span,
            help: "write a whole number of bytes, or one with \(ByteSize.units.joined(separator: ", "))"
        )
        return nil
    }
}
