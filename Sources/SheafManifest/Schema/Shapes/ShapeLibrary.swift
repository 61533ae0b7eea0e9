internal import SheafModel
internal import Synchronization

/// The schemas of all kinds and stacks, parsed and compiled when they are first needed.
final class ShapeLibrary: Sendable {
    static let shared = ShapeLibrary()

    private struct State {
        var documents: [String: SchemaRegistry.Document] = [:]
        var sets: [String: ShapeSet] = [:]
    }

    private let state = Mutex(State())

    /// The schema of a kind by the `type` of its manifests; nil for an unknown type.
    func kind(_ type: String) -> ShapeSet? { compiled("kinds/\(type).yaml") }

    /// The schema of the `stackSpec` of a stack, by any of its names without flavour and version.
    func stack(_ name: String) -> ShapeSet? { stackFiles[name].flatMap(compiled) }

    /// What every manifest has, for those whose kind is not known.
    var unknownKind: ShapeSet? { compiled(ShapeCompiler.unknownKindFile) }

    /// The types of all manifests, in order.
    let types: [String] = EmbeddedSchemas.names
        .filter { $0.hasPrefix("kinds/") && $0 != "kinds/common.yaml" }
        .map { String($0.dropFirst(6).dropLast(5)) }

    /// The names of the files of all stacks.
    let stackNames: [String] = EmbeddedSchemas.names
        .filter { $0.hasPrefix("stacks/") }
        .map { String($0.dropFirst(7).dropLast(5)) }

    /// A type by another spelling, in lower case.
    func type(spelled text: String) -> String? { typeSpellings[text] }

    private var typeSpellings: [String: String] {
        var spellings: [String: String] = [:]
        for type in types {
            for spelling in kind(type)?.kind?.typeSpellings ?? [] { spellings[spelling.lowercased()] = type }
            spellings[type] = type
        }
        return spellings
    }

    private var stackFiles: [String: String] { Self.stackFileNames }

    /// The file of a stack by any of its names.
    func stackFile(_ name: String) -> String? { stackFiles[name] }

    /// The schema in a stack's file.
    func stackSet(file name: String) -> ShapeSet? { compiled("stacks/\(name).yaml") }

    /// File by stack name: the names stand in the files, which are small.
    private static let stackFileNames: [String: String] = {
        var files: [String: String] = [:]
        for name in shared.stackNames {
            let file = "stacks/\(name).yaml"
            guard let document = shared.document(file),
                let stack = document.tree.value(document.root, "x-stack")
            else { continue }
            let info = ShapeCompiler.stackInfo(document.tree, stack)
            for name in info.names + info.oldNames { files[name] = file }
        }
        return files
    }()

    private func compiled(_ file: String) -> ShapeSet? {
        if let known = state.withLock({ $0.sets[file] }) { return known }
        guard let made = ShapeCompiler.compile(file, library: self) else { return nil }
        return state.withLock { state in
            // Another thread may have been faster; all must use the same.
            if let known = state.sets[file] { return known }
            state.sets[file] = made
            return made
        }
    }

    /// An embedded file as a tree; nil when there is none.
    func document(_ file: String) -> SchemaRegistry.Document? {
        if let known = state.withLock({ $0.documents[file] }) { return known }
        guard let bytes = EmbeddedSchemas.bytes(file) else { return nil }
        let tree = TreeParser.parse(bytes, file: file).tree
        guard let root = tree.documents.first else { return nil }
        let document = SchemaRegistry.Document(tree: tree, root: root, uri: file)
        state.withLock { $0.documents[file] = document }
        return document
    }
}
