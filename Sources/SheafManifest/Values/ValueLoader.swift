internal import SheafModel

/// Reads the values of a bundle: `values.yaml` beside it, an environment's, those that the user gave.
struct ValueLoader {
    let lookup: FileLookup
    let request: ValueRequest
    private(set) var findings = Findings()
    /// Display path -> text, for snippets.
    private(set) var sources: [String: [UInt8]] = [:]
    /// The files and settings that were used, as history records them.
    private(set) var names: [String] = []

    private var layers = ValueLayers()
    private var shown: [String] = []
    private var isIncomplete = false

    /// The folder with a file for each environment.
    private static let environmentFolder = "environments"

    init(lookup: FileLookup, request: ValueRequest) {
        self.lookup = lookup
        self.request = request
    }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - manifest: The path of the bundle's manifest in the bundle.
    ///   - bytes: Its text, for the name of the bundle.
    /// - Returns: Everything that expressions can name.
    /// - Throws: What the bundle's files throw.
    mutating func scope(ofManifest manifest: String, _ bytes: [UInt8]) throws -> ValueScope {
        let folder = manifest.split(separator: "/").dropLast().joined(separator: "/")
        try addFile(["values.yaml", "values.yml"], in: folder)
        let environments = environments(in: folder)
        if let environment = request.environment {
            let found = try addFile(
                ["yaml", "yml"].map { "\(Self.environmentFolder)/\(environment).\($0)" },
                in: folder
            )
            if !found { reportUnknown(environment, environments) }
        }
        for file in request.files {
            add(file.bytes, shown: file.name)
            names.append(file.name)
        }
        for setting in request.settings {
            layers.add(setting.values)
            names.append(setting.name)
            shown.append(setting.name)
        }
        return ValueScope(
            root: root(manifest, bytes),
            sources: shown,
            unchosenEnvironments: request.environment == nil ? environments : [],
            isIncomplete: isIncomplete,
            variables: request.variables,
            secrets: request.secrets,
            needsSecrets: request.needsSecrets,
            settings: request.settings
        )
    }

    // MARK: Files

    /// Adds the first of some files that is there, beside the manifest or else at the bundle's root.
    @discardableResult
    private mutating func addFile(_ candidates: [String], in folder: String) throws -> Bool {
        let places = folder.isEmpty ? candidates : candidates.map { "\(folder)/\($0)" } + candidates
        for place in places {
            guard let bytes = try lookup.files.read(place) else { continue }
            add(bytes, shown: lookup.files.displayPath(place))
            names.append(place)
            return true
        }
        return false
    }

    private mutating func add(_ bytes: [UInt8], shown file: String) {
        sources[file] = bytes
        shown.append(file)
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        findings.append(diagnostics)
        let start = SourceSpan(file: file, line: 1, column: 1, endLine: 1, endColumn: 2)
        if diagnostics.hasErrors { isIncomplete = true }
        guard let document = tree.documents.first else { return }
        let node = ManifestNode(tree, document)
        guard tree.documents.count == 1, node.entries != nil else {
            isIncomplete = true
            let found = tree.documents.count == 1 ? node.kindInWords : "a list, or several documents"
            findings.report(
                .notValues,
                "a file of values must hold one mapping, this one holds \(found)",
                at: tree.documents.count == 1 ? node.span.firstLine : start,
                help: "write 'name: value' lines"
            )
            return
        }
        layers.add(node)
    }

    // MARK: Environments

    private func environments(in folder: String) -> [String] {
        let places = folder.isEmpty ? [""] : ["\(folder)/", ""]
        let names = places.flatMap { lookup.files.names(inFolder: $0 + Self.environmentFolder) }
        let stems = names.compactMap { name in
            [".yaml", ".yml"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
        }
        return Set(stems).sorted()
    }

    private mutating func reportUnknown(_ environment: String, _ known: [String]) {
        isIncomplete = true
        let list = "the environments are: \(known.joined(separator: ", "))"
        let suggestion = Suggestion.help(for: environment, among: known).map { "\($0) \(list)" }
        findings.report(
            .unknownEnvironment,
            "there is no environment '\(environment)': no file '\(Self.environmentFolder)/\(environment).yaml'",
            at: nil,
            help: known.isEmpty
                ? "write the file; the bundle has no environments yet" : suggestion ?? list
        )
    }

    // MARK: Roots

    private func root(_ manifest: String, _ bytes: [UInt8]) -> ManifestNode {
        let nowhere = SourceSpan(elsewhere: "the values")
        let values = layers.merged ?? ManifestNode(.mapping([]), span: nowhere)
        let release = SourceSpan(elsewhere: "the release")
        let git = SourceSpan(elsewhere: "git")
        var bundle = [Self.entry("version", request.version, release)]
        if let name = name(manifest, bytes) { bundle.append(.init(key: "name", keySpan: name.span, value: name)) }
        let provenance = request.provenance
        var facts = [("commit", provenance.commit), ("tag", provenance.tag)].compactMap { key, text in
            text.map { Self.entry(key, $0, git) }
        }
        let dirty = ManifestNode.Scalar(value: .bool(provenance.dirty), text: "\(provenance.dirty)", isPlain: true)
        facts.append(.init(key: "dirty", keySpan: git, value: ManifestNode(.scalar(dirty), span: git)))
        let roots: [(Expression.Root, ManifestNode)] = [
            (.values, values),
            (.bundle, ManifestNode(.mapping(bundle), span: release)),
            (.git, ManifestNode(.mapping(facts), span: git)),
        ]
        return ManifestNode(
            .mapping(roots.map { .init(key: $0.rawValue, keySpan: nowhere, value: $1) }),
            span: nowhere
        )
    }

    private static func entry(_ key: String, _ text: String, _ span: SourceSpan) -> ManifestNode.Entry {
        .init(key: key, keySpan: span, value: ManifestNode(text: text, span: span))
    }

    /// The name that the bundle's manifest gives, which may itself hold expressions.
    private func name(_ manifest: String, _ bytes: [UInt8]) -> ManifestNode? {
        // What is wrong with the manifest is found, and said, when it is read.
        let tree = TreeParser.parse(bytes, file: lookup.files.displayPath(manifest)).tree
        guard let document = tree.documents.first, let name = tree.value(document, "name") else { return nil }
        var node = ManifestNode(tree, name)
        guard let text = node.text, let variables = request.variables else { return node }
        let parts = TextPart.parts(of: text, variables: true).map { part in
            switch part {
            case .literal(let text): text
            case .expression(_, let written): written
            case .variable(let name, let written): variables[name] ?? written
            }
        }
        node = ManifestNode(text: parts.joined(), span: node.span)
        return node
    }
}
