internal import SheafModel

/// The blocks that say what a file is about.
extension ShapeCompiler {
    static func kindInfo(_ tree: YAMLTree, _ node: YAMLTree.NodeID) -> KindInfo? {
        guard let type = tree.value(node, "type").map({ tree.text($0) }) else { return nil }
        return KindInfo(
            type: type,
            kind: ResourceKind(rawValue: type),
            versions: texts(tree, node, "versions"),
            notedVersions: texts(tree, node, "notedVersions"),
            oldVersions: texts(tree, node, "oldVersions"),
            typeSpellings: texts(tree, node, "typeSpellings"),
            section: isTrue(tree, node, "sectionIsVersion")
                ? nil : tree.value(node, "section").map { tree.text($0) } ?? type,
            isInstanceLevel: tree.value(node, "level").map { tree.text($0) } == "instance",
            isRunnable: isTrue(tree, node, "runnable"),
            isDeployable: isTrue(tree, node, "deployable")
        )
    }

    static func stackInfo(_ tree: YAMLTree, _ node: YAMLTree.NodeID) -> StackInfo {
        let aliases = tree.value(node, "aliases").map { Array(tree.elements($0)) } ?? []
        return StackInfo(
            names: texts(tree, node, "names"),
            flavors: texts(tree, node, "flavors"),
            versions: texts(tree, node, "versions"),
            runsIn: texts(tree, node, "runsIn"),
            oldNames: aliases.compactMap { alias in tree.value(alias, "name").map { tree.text($0) } },
            severity: tree.value(node, "severity").flatMap { Diagnostic.Severity(rawValue: tree.text($0)) },
            deprecated: tree.value(node, "deprecated").map { tree.text($0) }
        )
    }

    private static func texts(_ tree: YAMLTree, _ node: YAMLTree.NodeID, _ key: String) -> [String] {
        guard let list = tree.value(node, key) else { return [] }
        return tree.isScalar(list) ? [tree.text(list)] : tree.elements(list).map { tree.text($0) }
    }

    private static func isTrue(_ tree: YAMLTree, _ node: YAMLTree.NodeID, _ key: String) -> Bool {
        tree.value(node, key).map { tree.scalarValue($0) } == .bool(true)
    }

    /// A property's schema with what it refers to.
    mutating func view(_ place: SchemaPlace) -> SchemaView {
        let places = chain(from: place)
        return SchemaView(documents: documents, places: places)
    }
}
