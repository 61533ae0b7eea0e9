internal import SheafModel

/// The compiled schema of one kind, or of the `stackSpec` of one stack.
final class ShapeSet: Sendable {
    /// `service`, or the first name of a stack.
    let name: String
    let shapes: [Shape]
    let root: Int32
    let keyTable: KeyTable
    let documents: [SchemaRegistry.Document]
    let kind: KindInfo?
    let stack: StackInfo?
    /// The slots of keys that every manifest of the kind is asked for, -1 for those it does not have.
    let versionSlot: Int
    let workspaceSlot: Int
    let sectionSlot: Int

    init(
        name: String,
        shapes: [Shape],
        root: Int32,
        keyNames: [String],
        documents: [SchemaRegistry.Document],
        kind: KindInfo?,
        stack: StackInfo?
    ) {
        self.name = name
        self.shapes = shapes
        self.root = root
        keyTable = KeyTable(keyNames)
        self.documents = documents
        self.kind = kind
        self.stack = stack
        let object = shapes[Int(root)].object
        versionSlot = object?.slot(named: "version") ?? -1
        workspaceSlot = object?.slot(named: "workspace") ?? -1
        sectionSlot = kind?.section.flatMap { object?.slot(named: $0) } ?? -1
    }

    subscript(index: Int32) -> Shape { shapes[Int(index)] }

    /// The value of a keyword that is not compiled, such as `description`; nil where neither the schema nor what it
    /// refers to has it.
    func keyword(_ name: String, of shape: Shape) -> JSONValue? {
        for place in shape.places {
            let tree = documents[Int(place.document)].tree
            if let id = tree.value(place.node, name) { return tree.json(id) }
        }
        return nil
    }

    func text(_ keyword: String, of shape: Shape) -> String? { self.keyword(keyword, of: shape)?.scalarText }
}

/// What is known of a kind beside its keys.
struct KindInfo: Sendable {
    /// The `type` of its manifests.
    var type: String
    /// Nil for manifests that are no resources.
    var kind: ResourceKind?
    /// Schema versions that are in use; the first is the one to write.
    var versions: [String]
    var notedVersions: [String]
    var oldVersions: [String]
    var typeSpellings: [String]
    /// The key of the kind's own section; nil where it is the manifest's version.
    var section: String?
    var isInstanceLevel: Bool
    var isRunnable: Bool
    var isDeployable: Bool
}

/// What is known of a stack beside its parameters.
struct StackInfo: Sendable {
    var names: [String]
    var flavors: [String]
    var versions: [String]
    var runsIn: [String]
    /// Former names.
    var oldNames: [String]
    var severity: Diagnostic.Severity?
    /// What to do in place of naming the stack.
    var deprecated: String?
}
