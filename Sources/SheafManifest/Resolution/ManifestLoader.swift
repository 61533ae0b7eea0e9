internal import SheafModel

/// Reads manifests through the bundle's files and remembers what was read.
struct ManifestLoader {
    let lookup: FileLookup
    var findings = Findings()
    private(set) var sources: [String: [UInt8]] = [:]
    private var paths: [String: String] = [:]
    /// What was read already, by path: a file that is named twice is parsed, and its findings reported, once.
    private var read: [String: ReadManifest?] = [:]
    private let reader = ManifestReader(mode: .complete)
    var expressions: ExpressionPass

    /// Makes a loader.
    ///
    /// - Parameters:
    ///   - files: The bundle's.
    ///   - scope: What the expressions stand for; without one they stay.
    init(files: any BundleFiles, scope: ValueScope? = nil) {
        lookup = FileLookup(files: files)
        expressions = ExpressionPass(scope)
    }

    /// All findings so far, in file order.
    var diagnostics: [Diagnostic] { expressions.diagnostics(with: findings) }

    /// The path in the bundle of the manifest that a span is in.
    func path(of span: SourceSpan) -> String { paths[span.file] ?? span.file }

    /// Reads the one manifest of a file that is already in memory.
    mutating func load(_ bytes: [UInt8], path: String) -> ReadManifest? {
        if let known = read[path] { return known }
        let manifest = parse(bytes, path: path)
        read[path] = .some(manifest)
        return manifest
    }

    private mutating func parse(_ bytes: [UInt8], path: String) -> ReadManifest? {
        let display = lookup.files.displayPath(path)
        sources[display] = bytes
        paths[display] = path
        let (tree, diagnostics) = TreeParser.parse(bytes, file: display)
        findings.append(diagnostics)
        findings.append(StackTemplateCheck.findings(in: tree))
        let filled = expressions.fill(tree)
        let start = SourceSpan(file: display, line: 1, column: 1, endLine: 1, endColumn: 2)
        guard let first = filled.documents.first else {
            if !diagnostics.hasErrors { findings.report(.empty, "the file holds no manifest", at: start) }
            return nil
        }
        if filled.documents.count > 1 {
            findings.report(
                .severalManifests,
                "a bundle takes one manifest from a file, this one holds \(filled.documents.count)",
                at: filled.span(filled.documents[1]).firstLine,
                help: "put each manifest into a file of its own"
            )
        }
        return read(ManifestSource(tree: SharedTree(filled), node: first))
    }

    /// Reads a manifest of a file, or one that stands in another one.
    mutating func read(_ source: ManifestSource) -> ReadManifest? {
        guard let manifest = reader.read(source, &findings) else { return nil }
        PlaceholderCheck.run(manifest, &findings)
        return manifest
    }

    /// Finds the file that a scalar names; reports it when there is none.
    ///
    /// - Throws: What the bundle's files throw.
    mutating func find(_ name: ManifestNode) throws -> (path: String, bytes: [UInt8])? {
        guard let text = name.text else { return nil }
        // An expression is reported by the check that looks for them everywhere.
        if PlaceholderText.occursAsExpression(in: text) { return nil }
        switch try lookup.find(text, namedIn: path(of: name.span)) {
        case .found(let path, let bytes): return (path, bytes)
        case .outside:
            findings.report(
                .fileOutsideRoot,
                "the file '\(text)' lies outside the bundle",
                at: name.span,
                help: "copy it into the bundle and name it relative to the bundle's root"
            )
        case .missing(let tried):
            let places = tried.map { "'\(lookup.files.displayPath($0))'" }.joined(separator: " and ")
            findings.report(
                .missingFile,
                "there is no file '\(text)'",
                at: name.span,
                help: tried.isEmpty ? "name a file of the bundle" : "looked for \(places)"
            )
        }
        return nil
    }
}
