internal import SheafModel

/// Reads one manifest's tree: finds its kind and holds the tree against the kind's description.
struct ManifestReader {
    let mode: SchemaWalker.Mode

    /// The normal form, or nil when the tree is no manifest at all.
    func read(_ tree: ManifestNode, _ findings: inout Findings) -> ReadManifest? {
        guard let entries = tree.entries else {
            findings.report(
                .notAMapping,
                "a manifest must be a mapping, but is \(tree.kindInWords)",
                at: tree.span.firstLine
            )
            return nil
        }
        let place = entries.first?.keySpan ?? tree.span.firstLine
        guard let typeEntry = entries.first(where: { $0.key.lowercased() == "type" }) else {
            findings.report(
                .missingKey,
                "the manifest has no 'type'",
                at: place,
                help: "add 'type: …', such as 'type: service'"
            )
            return nil
        }
        guard let type = typeEntry.value.text else {
            findings.report(.missingKey, "'type' has no value", at: typeEntry.keySpan)
            return nil
        }
        return read(tree, type, typeEntry, place, &findings)
    }

    private func read(
        _ tree: ManifestNode,
        _ type: String,
        _ typeEntry: ManifestNode.Entry,
        _ place: SourceSpan,
        _ findings: inout Findings
    ) -> ReadManifest? {
        if mode == .draft, PlaceholderText.occurs(in: type) { return readUnknown(tree, place, &findings) }
        if mode == .draft, MetaSchema.otherTypes.contains(type) {
            return ReadManifest(kind: nil, name: nil, workspace: nil, node: tree, place: place)
        }
        guard let kind = kind(type, typeEntry, &findings), let schema = KindSchema.of(kind) else { return nil }
        var walker = SchemaWalker(mode: mode)
        let normal = walker.object(tree, schema.manifest, "", place)
        findings.append(walker.findings)
        guard var normal else { return nil }
        normal = normal.setting("type", to: ManifestNode(text: kind.rawValue, span: typeEntry.value.span))
        checkVersion(normal.entry("version"), schema, &findings)
        if kind.isInstanceLevel, let workspace = normal.entry("workspace") {
            findings.report(
                .workspaceIgnored,
                "a \(kind.rawValue) belongs to no workspace; 'workspace' is ignored",
                at: workspace.keySpan,
                help: "remove the line"
            )
            normal = normal.removing("workspace")
        }
        return ReadManifest(
            kind: kind,
            name: normal["name"]?.text,
            workspace: normal["workspace"],
            node: normal,
            place: place
        )
    }

    private func readUnknown(_ tree: ManifestNode, _ place: SourceSpan, _ findings: inout Findings) -> ReadManifest? {
        var walker = SchemaWalker(mode: mode)
        let normal = walker.object(tree, MetaSchema.unknownKind, "", place)
        findings.append(walker.findings)
        return normal.map { ReadManifest(kind: nil, name: nil, workspace: nil, node: $0, place: place) }
    }

    private func kind(_ type: String, _ entry: ManifestNode.Entry, _ findings: inout Findings) -> ResourceKind? {
        if let kind = ResourceKind(rawValue: type) { return kind }
        let lowered = type.lowercased()
        if let kind = ResourceKind(rawValue: MetaSchema.typeSpellings[lowered] ?? lowered) {
            findings.report(
                .kindSpelling,
                "the type '\(type)' is taken for '\(kind.rawValue)'",
                at: entry.value.span,
                help: "write 'type: \(kind.rawValue)'"
            )
            return kind
        }
        let words = ResourceKind.allCases.map(\.rawValue)
        let isOther = MetaSchema.otherTypes.contains(type)
        findings.report(
            .unknownKind,
            isOther
                ? "a manifest of type '\(type)' is no resource and cannot be deployed"
                : "there is no resource of type '\(type)'",
            at: entry.value.span,
            help: Suggestion.help(for: type, among: words) ?? "one of \(words.joined(separator: ", "))"
        )
        return nil
    }

    private func checkVersion(_ entry: ManifestNode.Entry?, _ schema: KindSchema, _ findings: inout Findings) {
        guard let entry, let version = entry.value.text, !schema.versions.contains(version),
            !PlaceholderText.occurs(in: version)
        else { return }
        let preferred = schema.versions.first ?? "v1"
        if schema.oldVersions.contains(version) || Self.hasVersionShape(version) {
            findings.report(
                .unusualVersion,
                "a \(schema.kind.rawValue) has version '\(preferred)', not '\(version)'",
                at: entry.value.span,
                help: "write 'version: \(preferred)'"
            )
            return
        }
        findings.report(
            .invalidVersion,
            "'\(version)' is no schema version",
            at: entry.value.span,
            help: Suggestion.help(for: version, among: schema.versions) ?? "write 'version: \(preferred)'"
        )
    }

    /// Whether a text is like `v1`, `v2alpha` or `v1beta1`.
    private static func hasVersionShape(_ text: String) -> Bool {
        guard text.hasPrefix("v") else { return false }
        let isDigit: (Character) -> Bool = { ("0"..."9").contains($0) }
        let number = text.dropFirst().prefix(while: isDigit)
        var rest = text.dropFirst(1 + number.count)
        for word in ["alpha", "beta"] where rest.hasPrefix(word) { rest = rest.dropFirst(word.count) }
        return !number.isEmpty && rest.allSatisfy(isDigit)
    }
}
