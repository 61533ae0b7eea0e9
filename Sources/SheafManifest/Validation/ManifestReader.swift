internal import SheafModel

/// Finds the kind of a manifest, holds it against the kind's schema, and gives its normal form.
struct ManifestReader {
    let mode: KindValidator.Mode

    /// The normal form of a manifest that is about to be deployed, or nil when the tree is no manifest at all.
    func read(_ source: ManifestSource, _ findings: inout Findings) -> ReadManifest? {
        let validator = KindValidator(source.tree, mode: mode)
        defer { findings.append(validator.findings) }
        guard let checked = check(source.node, validator) else { return nil }
        let tree = source.tree.tree
        var node = Normaliser(validator).normalise(checked)
        let type = validator.typeMember(of: source.node)
        if let type, let kind = checked.kind {
            node = node.setting("type", to: ManifestNode(text: kind.rawValue, span: tree.span(type.value)))
        }
        if checked.kind?.isInstanceLevel == true { node = node.removing("workspace") }
        let isBundle = checked.kind == .bundle
        return ReadManifest(
            kind: checked.kind,
            name: node["name"]?.text,
            workspace: node["workspace"]?.name,
            node: node,
            place: validator.place(source.node, -1),
            items: isBundle ? BundleItem.items(of: checked, validator) : [],
            source: source
        )
    }

    /// Holds a manifest against the schema of its kind.
    ///
    /// - Returns: Nil for what is no manifest, or of no known kind; that is reported.
    func check(_ id: YAMLTree.NodeID, _ validator: KindValidator) -> CheckedManifest? {
        let tree = validator.tree
        guard tree.kind(id) == .mapping else {
            validator.report(
                .notAMapping,
                "a manifest must be a mapping, but is \(tree.inWords(id))",
                at: tree.span(id).firstLine
            )
            return nil
        }
        guard let type = validator.typeMember(of: id) else {
            validator.report(
                .missingKey,
                "the manifest has no 'type'",
                at: tree.count(id) > 0 ? tree.span(YAMLTree.NodeID(at: tree.firstChild(id))) : tree.span(id).firstLine,
                help: "add 'type: …', such as 'type: service'"
            )
            return nil
        }
        guard !tree.isNull(type.value), tree.isScalar(type.value) else {
            validator.report(.missingKey, "'type' has no value", at: tree.span(type.key))
            return nil
        }
        guard let set = set(of: type, validator) else { return nil }
        validator.check(id, set)
        let inline = validator.inlineManifests
        checkVersion(id, set, validator)
        checkWorkspace(id, set, validator)
        return CheckedManifest(kind: set.kind?.kind, set: set, node: id, inlineManifests: inline)
    }

    // MARK: Kinds

    private func set(of type: KindValidator.Member, _ validator: KindValidator) -> ShapeSet? {
        let text = validator.tree.text(type.value)
        if let set = validator.kind(text) {
            if mode == .draft || set.kind?.isDeployable == true { return set }
            return refuse(text, isKnown: true, type, validator)
        }
        if mode == .draft, PlaceholderText.occurs(in: text) { return ShapeLibrary.shared.unknownKind }
        guard let name = ShapeLibrary.shared.type(spelled: text.lowercased()), let set = validator.kind(name) else {
            return refuse(text, isKnown: false, type, validator)
        }
        validator.report(
            .kindSpelling,
            "the type '\(text)' is taken for '\(name)'",
            at: validator.tree.span(type.value),
            help: "write 'type: \(name)'"
        )
        return set
    }

    private func refuse(
        _ text: String,
        isKnown: Bool,
        _ type: KindValidator.Member,
        _ validator: KindValidator
    ) -> ShapeSet? {
        let words = ResourceKind.allCases.map(\.rawValue)
        validator.report(
            .unknownKind,
            isKnown
                ? "a manifest of type '\(text)' is no resource and cannot be deployed"
                : "there is no resource of type '\(text)'",
            at: validator.tree.span(type.value),
            help: Suggestion.help(for: text, among: words) ?? "one of \(words.joined(separator: ", "))"
        )
        return nil
    }

    private func checkWorkspace(_ id: YAMLTree.NodeID, _ set: ShapeSet, _ validator: KindValidator) {
        guard let kind = set.kind, kind.isInstanceLevel, set !== ShapeLibrary.shared.unknownKind,
            let workspace = validator.member(of: id, set.workspaceSlot, set)
        else { return }
        validator.report(
            .workspaceIgnored,
            "a \(kind.type) belongs to no workspace; 'workspace' is ignored",
            at: validator.tree.span(workspace.key),
            help: "remove the line"
        )
    }

    // MARK: Versions

    private func checkVersion(_ id: YAMLTree.NodeID, _ set: ShapeSet, _ validator: KindValidator) {
        guard let kind = set.kind, set !== ShapeLibrary.shared.unknownKind,
            let member = validator.member(of: id, set.versionSlot, set),
            validator.tree.isScalar(member.value)
        else { return }
        let version = validator.tree.text(member.value)
        guard !version.isEmpty, !kind.versions.contains(version), !PlaceholderText.occurs(in: version) else { return }
        let preferred = kind.versions.first ?? "v1"
        let isNoted = kind.notedVersions.contains(version)
        if isNoted || kind.oldVersions.contains(version) || Self.hasVersionShape(version) {
            validator.report(
                .unusualVersion,
                "a \(kind.type) has version '\(preferred)', not '\(version)'",
                at: validator.tree.span(member.value),
                severity: isNoted ? .note : nil,
                help: "write 'version: \(preferred)'"
            )
            return
        }
        validator.report(
            .invalidVersion,
            "'\(version)' is no schema version",
            at: validator.tree.span(member.value),
            help: Suggestion.help(for: version, among: kind.versions + kind.notedVersions)
                ?? "write 'version: \(preferred)'"
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

extension KindValidator {
    /// The `type` of a manifest, in any case, with or without a value.
    func typeMember(of id: YAMLTree.NodeID) -> Member? {
        guard tree.kind(id) == .mapping else { return nil }
        var near: Member?
        var child = tree.firstChild(id)
        while child < tree.end(id) {
            let value = tree.end(child)
            let key = YAMLTree.NodeID(at: child)
            if tree.symbol(child) == typeSymbol { return Member(key: key, value: YAMLTree.NodeID(at: value)) }
            if near == nil, tree.count(ofText: key) == 4, tree.text(key).lowercased() == "type" {
                near = Member(key: key, value: YAMLTree.NodeID(at: value))
            }
            child = tree.end(value)
        }
        return near
    }
}
