/// Turns a schema with all that it refers to into its compiled form.
///
/// Parts are compiled when something refers to them, each once, so that recursive schemas end.
package struct SchemaCompiler {
    /// What cannot be compiled.
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
        /// Where it stands, as a JSON pointer into its document.
        package var pointer: String
    }

    /// Part of a document with an identity of its own: the document itself, or what has an `$id`.
    struct Resource {
        var uri: SchemaURI
        var root: SchemaPlace
        var dialect: SchemaDialect
        var anchors: [String: SchemaPlace] = [:]
        var dynamicAnchors: [String: SchemaPlace] = [:]
        var isEntered = false
    }

    let registry: SchemaRegistry
    /// Whether mistakes are left out with a problem taken down, and not thrown.
    let isLenient: Bool
    let assertsFormats: Bool
    var documents: [SchemaRegistry.Document] = []
    var resources: [Resource] = []
    var resourceOfURI: [String: Int] = [:]
    var resourceOfRoot: [SchemaPlace: Int] = [:]
    var nodes: [SchemaNode] = []
    var indexOfPlace: [SchemaPlace: Int32] = [:]
    var keyNames: [String] = []
    var keyNumbers: [String: Int32] = [:]
    private(set) var problems: [Problem] = []
    private var dynamicAnchors: [[String: Int32]] = []
    /// Places whose resource is settled and that are not compiled yet.
    private var pending: [(place: SchemaPlace, index: Int32, resource: Int)] = []

    private init(registry: SchemaRegistry, isLenient: Bool, assertsFormats: Bool) {
        self.registry = registry
        self.isLenient = isLenient
        self.assertsFormats = assertsFormats
    }

    /// Compiles a schema.
    ///
    /// - Parameters:
    ///   - tree: The tree that the schema is in.
    ///   - root: The schema itself.
    ///   - uri: Where it comes from, which relative references are resolved against.
    ///   - draft: What holds where there is no `$schema`.
    ///   - registry: Where references may lead to.
    ///   - assertsFormats: Whether `format` refuses values.
    /// - Returns: The schema with all that it refers to.
    /// - Throws: `Problem` for a reference that leads nowhere, a pattern that is none, and the like.
    package static func compile(
        _ tree: YAMLTree,
        _ root: YAMLTree.NodeID,
        uri: String = "schema:/",
        draft: SchemaDialect.Draft = .draft2020,
        registry: SchemaRegistry = SchemaRegistry(),
        assertsFormats: Bool = false
    ) throws -> CompiledSchema {
        var compiler = SchemaCompiler(registry: registry, isLenient: false, assertsFormats: assertsFormats)
        return try compiler.run(tree, root, uri, draft)
    }

    /// Compiles a schema that may be sloppy: what cannot be understood refuses nothing.
    ///
    /// - Returns: The schema, and what was left out of it.
    package static func compileLeniently(
        _ tree: YAMLTree,
        _ root: YAMLTree.NodeID,
        draft: SchemaDialect.Draft,
        registry: SchemaRegistry = SchemaRegistry()
    ) -> (schema: CompiledSchema?, problems: [Problem]) {
        var compiler = SchemaCompiler(registry: registry, isLenient: true, assertsFormats: false)
        do {
            let schema = try compiler.run(tree, root, "schema:/", draft)
            return (schema, compiler.problems)
        } catch let problem as Problem {
            return (nil, compiler.problems + [problem])
        } catch {
            return (nil, compiler.problems)
        }
    }

    private mutating func run(
        _ tree: YAMLTree,
        _ root: YAMLTree.NodeID,
        _ uri: String,
        _ draft: SchemaDialect.Draft
    ) throws -> CompiledSchema {
        let document = SchemaRegistry.Document(tree: tree, root: root, uri: uri)
        let resource = try add(document, dialect: SchemaDialect(draft))
        let index = self.index(of: resources[resource].root, in: resource)
        while let next = pending.popLast() { try compile(next.place, next.index, next.resource) }
        return CompiledSchema(
            nodes: nodes,
            root: index,
            documents: documents,
            dynamicAnchors: dynamicAnchors,
            keyNames: keyNames
        )
    }

    // MARK: Places

    /// The index of the schema at a place, which is compiled later when it is new.
    mutating func index(of place: SchemaPlace, in resource: Int) -> Int32 {
        if let known = indexOfPlace[place] { return known }
        let resource = resourceOfRoot[place] ?? resource
        enter(resource)
        if let known = indexOfPlace[place] { return known }
        let index = Int32(nodes.count)
        indexOfPlace[place] = index
        nodes.append(SchemaNode(place: place, resource: Int32(resource)))
        pending.append((place, index, resource))
        return index
    }

    /// What a dynamic reference may lead to is compiled with the resource that has it.
    private mutating func enter(_ resource: Int) {
        while dynamicAnchors.count < resources.count { dynamicAnchors.append([:]) }
        guard !resources[resource].isEntered else { return }
        resources[resource].isEntered = true
        for (name, place) in resources[resource].dynamicAnchors {
            dynamicAnchors[resource][name] = index(of: place, in: resource)
        }
    }

    mutating func key(_ name: String) -> Int32 {
        if let known = keyNumbers[name] { return known }
        let number = Int32(keyNames.count)
        keyNumbers[name] = number
        keyNames.append(name)
        return number
    }

    func tree(_ place: SchemaPlace) -> YAMLTree { documents[Int(place.document)].tree }

    /// Takes a mistake down, or throws it.
    mutating func fail(_ message: String, at place: SchemaPlace) throws(Problem) {
        let document = documents[Int(place.document)]
        let problem = Problem(
            message: message,
            pointer: document.tree.pointer(from: document.root, to: place.node)
        )
        guard isLenient else { throw problem }
        problems.append(problem)
    }
}
