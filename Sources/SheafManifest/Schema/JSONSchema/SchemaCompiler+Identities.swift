/// Where schemas are: documents, parts with an `$id`, anchors, references.
extension SchemaCompiler {
    /// Takes note of a document with all identities in it.
    ///
    /// - Returns: The number of the resource that the document is.
    mutating func add(_ document: SchemaRegistry.Document, dialect: SchemaDialect) throws -> Int {
        documents.append(document)
        let place = SchemaPlace(document: Int32(documents.count - 1), node: document.root)
        let base = SchemaURI(document.uri)
        let number = resources.count
        resources.append(Resource(uri: base, root: place, dialect: self.dialect(of: place, dialect)))
        resourceOfURI[base.document] = number
        resourceOfRoot[place] = number
        if let id = identity(place, resources[number].dialect.draft) {
            resources[number].uri = base.resolving(id)
            resourceOfURI[resources[number].uri.document] = number
        }
        try scan(place, number)
        return number
    }

    /// The rules that the `$schema` of a part names, or those around it.
    private func dialect(of place: SchemaPlace, _ outer: SchemaDialect) -> SchemaDialect {
        let tree = tree(place)
        guard let node = tree.value(place.node, "$schema"), tree.isScalar(node) else { return outer }
        return dialect(named: tree.text(node), outer, depth: 0)
    }

    private func dialect(named uri: String, _ outer: SchemaDialect, depth: Int) -> SchemaDialect {
        if let draft = SchemaDialect.published(uri) { return SchemaDialect(draft) }
        guard depth < 8, let meta = registry[SchemaURI(uri).document] else { return outer }
        var result = outer
        if let next = meta.tree.value(meta.root, "$schema") {
            result = dialect(named: meta.tree.text(next), outer, depth: depth + 1)
        }
        if let vocabularies = meta.tree.value(meta.root, "$vocabulary") {
            let names = meta.tree.entries(vocabularies).map { meta.tree.text($0.key) }
            result.validates = names.contains { $0.hasSuffix("/vocab/validation") }
            result.assertsFormats = names.contains { $0.hasSuffix("/vocab/format-assertion") }
        }
        return result
    }

    /// The `$id` of a schema, where it is one.
    private func identity(_ place: SchemaPlace, _ draft: SchemaDialect.Draft) -> String? {
        let tree = tree(place)
        guard tree.isMapping(place.node) else { return nil }
        // Before 2019-09 a reference hides everything beside it.
        if draft == .draft7, tree.value(place.node, "$ref") != nil { return nil }
        guard let id = tree.value(place.node, "$id") ?? oldIdentity(place, draft), tree.isScalar(id),
            tree.jsonType(id) == .text
        else { return nil }
        let text = tree.text(id)
        return text.isEmpty || text.hasPrefix("#") ? nil : text
    }

    private func oldIdentity(_ place: SchemaPlace, _ draft: SchemaDialect.Draft) -> YAMLTree.NodeID? {
        guard draft == .draft7, place.node == documents[Int(place.document)].root else { return nil }
        return tree(place).value(place.node, "id")
    }

    // MARK: Scanning

    private static let single: Set<String> = [
        "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else", "unevaluatedItems",
        "unevaluatedProperties", "additionalItems", "contentSchema",
    ]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
    private static let maps: Set<String> = [
        "properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "dependencies",
    ]

    /// Finds the identities below a schema, at the places where keywords hold schemas.
    private mutating func scan(_ place: SchemaPlace, _ outer: Int) throws {
        let tree = tree(place)
        guard tree.isMapping(place.node) else { return }
        var resource = outer
        if resourceOfRoot[place] == nil {
            let dialect = dialect(of: place, resources[outer].dialect)
            if let id = identity(place, dialect.draft) {
                resource = resources.count
                let uri = resources[outer].uri.resolving(id)
                resources.append(Resource(uri: uri, root: place, dialect: dialect))
                if resourceOfURI[uri.document] == nil { resourceOfURI[uri.document] = resource }
                resourceOfRoot[place] = resource
            }
        }
        takeAnchors(place, resource)
        for entry in tree.entries(place.node) {
            let name = tree.text(entry.key)
            if Self.maps.contains(name) {
                for inner in tree.entries(entry.value) {
                    try scan(SchemaPlace(document: place.document, node: inner.value), resource)
                }
            }
            if Self.single.contains(name) {
                try scan(SchemaPlace(document: place.document, node: entry.value), resource)
            }
            if Self.lists.contains(name) {
                for element in tree.elements(entry.value) {
                    try scan(SchemaPlace(document: place.document, node: element), resource)
                }
            }
        }
    }

    private mutating func takeAnchors(_ place: SchemaPlace, _ resource: Int) {
        let tree = tree(place)
        if resources[resource].dialect.draft == .draft7 {
            guard tree.value(place.node, "$ref") == nil,
                let id = tree.value(place.node, "$id") ?? tree.value(place.node, "id"), tree.isScalar(id)
            else { return }
            let text = tree.text(id)
            if text.hasPrefix("#"), text.count > 1 { resources[resource].anchors[String(text.dropFirst())] = place }
            return
        }
        if let name = tree.value(place.node, "$anchor"), tree.isScalar(name) {
            resources[resource].anchors[tree.text(name)] = place
        }
        if let name = tree.value(place.node, "$dynamicAnchor"), tree.isScalar(name) {
            resources[resource].anchors[tree.text(name)] = place
            resources[resource].dynamicAnchors[tree.text(name)] = place
        }
    }

    // MARK: References

    /// Where a reference leads, and the resource that the place is in.
    func target(of text: String, from resource: Int) throws -> (place: SchemaPlace, resource: Int)? {
        guard let target = resourceOfURI[resources[resource].uri.resolving(text).document] else { return nil }
        let fragment = resources[resource].uri.resolving(text).decodedFragment ?? ""
        if fragment.isEmpty { return (resources[target].root, target) }
        guard fragment.hasPrefix("/") else {
            return resources[target].anchors[fragment].map { ($0, resourceOfRoot[$0] ?? target) }
        }
        return follow(fragment, from: target)
    }

    /// Adds the document that a reference needs, where the registry has it.
    mutating func load(for text: String, from resource: Int) throws {
        let uri = resources[resource].uri.resolving(text).document
        guard resourceOfURI[uri] == nil, let document = registry[uri] else { return }
        _ = try add(document, dialect: SchemaDialect(resources[resource].dialect.draft))
        // The document may be known by another name than its own.
        if resourceOfURI[uri] == nil { resourceOfURI[uri] = resources.count - 1 }
    }

    private func follow(_ pointer: String, from resource: Int) -> (place: SchemaPlace, resource: Int)? {
        var place = resources[resource].root
        var resource = resource
        let tree = tree(place)
        for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
            var next = tree.value(place.node, name)
            if next == nil, let number = Int(name), number >= 0 {
                next = tree.elements(place.node).dropFirst(number).first { _ in true }
            }
            guard let next else { return nil }
            place.node = next
            resource = resourceOfRoot[place] ?? resource
        }
        return (place, resource)
    }
}
