internal import SheafModel

/// What the keywords of one schema mean.
extension SchemaCompiler {
    /// Compiles the schema at a place.
    mutating func compile(_ place: SchemaPlace, _ index: Int32, _ resource: Int) throws {
        let tree = tree(place)
        var node = SchemaNode(place: place, resource: Int32(resource))
        if tree.isMapping(place.node) {
            try readReferences(&node, resource)
            // Before 2019-09 a reference hides everything beside it.
            let isHidden = resources[resource].dialect.draft == .draft7 && node.reference >= 0
            if !isHidden {
                if resources[resource].dialect.validates { try readAssertions(&node) }
                try readTexts(&node, resource)
                try readObject(&node, resource)
                try readArray(&node, resource)
                try readLogic(&node, resource)
            }
        } else if tree.scalarValue(place.node).boolValue != nil, tree.isScalar(place.node) {
            node.always = tree.scalarValue(place.node).boolValue
        } else {
            try fail("a schema must be a mapping, true or false", at: place)
            node.always = true
        }
        nodes[Int(index)] = node
    }

    private func value(_ node: SchemaNode, _ keyword: String) -> YAMLTree.NodeID? {
        tree(node.place).value(node.place.node, keyword)
    }

    private func beside(_ node: SchemaNode, _ id: YAMLTree.NodeID) -> SchemaPlace {
        SchemaPlace(document: node.place.document, node: id)
    }

    /// The schema that a keyword holds, -1 without the keyword.
    private mutating func child(_ node: SchemaNode, _ keyword: String) -> Int32 {
        guard let id = value(node, keyword) else { return -1 }
        return index(of: beside(node, id), in: Int(node.resource))
    }

    private mutating func children(_ node: SchemaNode, _ keyword: String) throws -> [Int32] {
        guard let id = value(node, keyword) else { return [] }
        guard tree(node.place).isSequence(id) else {
            try fail("'\(keyword)' must be a list of schemas", at: beside(node, id))
            return []
        }
        return tree(node.place).elements(id).map { index(of: beside(node, $0), in: Int(node.resource)) }
    }

    // MARK: References

    private mutating func readReferences(_ node: inout SchemaNode, _ resource: Int) throws {
        for keyword in ["$ref", "$recursiveRef"] {
            guard let id = value(node, keyword), tree(node.place).isScalar(id) else { continue }
            node.reference = try refer(tree(node.place).text(id), node, resource, keyword)
        }
        guard resources[resource].dialect.draft != .draft7, let id = value(node, "$dynamicRef") else { return }
        let text = tree(node.place).text(id)
        let fallback = try refer(text, node, resource, "$dynamicRef")
        guard fallback >= 0, let target = try target(of: text, from: resource) else { return }
        let name = SchemaURI(text).decodedFragment ?? ""
        node.dynamicReference = .init(
            name: name,
            fallback: fallback,
            isDynamic: resources[target.resource].dynamicAnchors[name] == target.place
        )
    }

    private mutating func refer(
        _ text: String,
        _ node: SchemaNode,
        _ resource: Int,
        _ keyword: String
    ) throws -> Int32 {
        try load(for: text, from: resource)
        guard let target = try target(of: text, from: resource) else {
            try fail("'\(keyword): \(text)' leads nowhere", at: node.place)
            return -1
        }
        return index(of: target.place, in: target.resource)
    }

    // MARK: Values

    private mutating func readAssertions(_ node: inout SchemaNode) throws {
        let tree = tree(node.place)
        if let id = value(node, "type") { node.types = try types(id, node) }
        if let id = value(node, "enum") {
            if tree.isSequence(id) {
                node.allowed = tree.elements(id).map { SchemaValue(tree, $0) }
            } else {
                try fail("'enum' must be a list", at: beside(node, id))
            }
        }
        if let id = value(node, "const") { node.constant = SchemaValue(tree, id) }
        var numbers = NumberRules()
        numbers.minimum = try number(node, "minimum")
        numbers.maximum = try number(node, "maximum")
        // Draft 4 says by a boolean whether the limit itself is excluded.
        if isTrue(node, "exclusiveMinimum") {
            (numbers.exclusiveMinimum, numbers.minimum) = (numbers.minimum, nil)
        } else {
            numbers.exclusiveMinimum = try number(node, "exclusiveMinimum")
        }
        if isTrue(node, "exclusiveMaximum") {
            (numbers.exclusiveMaximum, numbers.maximum) = (numbers.maximum, nil)
        } else {
            numbers.exclusiveMaximum = try number(node, "exclusiveMaximum")
        }
        numbers.multipleOf = try number(node, "multipleOf")
        if let divisor = numbers.multipleOf, divisor <= .zero {
            try fail("'multipleOf' must be greater than 0", at: node.place)
            numbers.multipleOf = nil
        }
        let all = [
            numbers.minimum, numbers.maximum, numbers.exclusiveMinimum, numbers.exclusiveMaximum, numbers.multipleOf,
        ]
        if all.contains(where: { $0 != nil }) { node.numbers = numbers }
    }

    private func isTrue(_ node: SchemaNode, _ keyword: String) -> Bool {
        guard let id = value(node, keyword), tree(node.place).isScalar(id) else { return false }
        return tree(node.place).scalarValue(id).boolValue != nil
    }

    private mutating func types(_ id: YAMLTree.NodeID, _ node: SchemaNode) throws -> SchemaTypes {
        let tree = tree(node.place)
        let names = tree.isSequence(id) ? tree.elements(id).map { tree.text($0) } : [tree.text(id)]
        var types: SchemaTypes = []
        for name in names {
            guard let type = SchemaTypes.names.first(where: { $0.0 == name })?.1 else {
                try fail("there is no type '\(name)'", at: beside(node, id))
                return .all
            }
            types.insert(type)
        }
        if types.contains(.number) { types.insert(.integer) }
        return types
    }

    private mutating func number(_ node: SchemaNode, _ keyword: String) throws -> DecimalNumber? {
        guard let id = value(node, keyword), tree(node.place).isScalar(id) else { return nil }
        if let number = tree(node.place).number(id) { return number }
        try fail("'\(keyword)' must be a number", at: beside(node, id))
        return nil
    }

    private mutating func count(_ node: SchemaNode, _ keyword: String) throws -> Int? {
        guard resources[Int(node.resource)].dialect.validates else { return nil }
        return try number(node, keyword).flatMap(\.integer)
    }

    private mutating func readTexts(_ node: inout SchemaNode, _ resource: Int) throws {
        var rules = TextRules()
        let least = try count(node, "minLength")
        let most = try count(node, "maxLength")
        rules.minLength = least ?? 0
        rules.maxLength = most ?? .max
        let tree = tree(node.place)
        if let id = value(node, "pattern"), resources[resource].dialect.validates {
            rules.patternText = tree.text(id)
            rules.pattern = try pattern(rules.patternText, node)
        }
        if let id = value(node, "format"), tree.isScalar(id) {
            rules.format = tree.text(id)
            rules.assertsFormat = assertsFormats || resources[resource].dialect.assertsFormats
        }
        let isNeeded = least != nil || most != nil || rules.pattern != nil || rules.format != nil
        if isNeeded { node.texts = rules }
    }

    private mutating func pattern(_ text: String, _ node: SchemaNode) throws -> ECMAPattern? {
        do {
            return try ECMAPattern(text)
        } catch {
            try fail("'\(text)' is no regular expression: \(error.message)", at: node.place)
            return nil
        }
    }

    // MARK: Collections

    private mutating func readObject(_ node: inout SchemaNode, _ resource: Int) throws {
        let tree = tree(node.place)
        let validates = resources[resource].dialect.validates
        let properties = entries(node, "properties").map { ($0.name, index(of: beside(node, $0.value), in: resource)) }
        var patterns: [ObjectRules.Pattern] = []
        for entry in entries(node, "patternProperties") {
            guard let pattern = try pattern(entry.name, node) else { continue }
            patterns.append(.init(pattern: pattern, child: index(of: beside(node, entry.value), in: resource)))
        }
        let required = validates ? texts(node, "required") : []
        let dependencies = dependencies(node, resource)
        let least = try count(node, "minProperties")
        let most = try count(node, "maxProperties")
        let additional = child(node, "additionalProperties")
        let names = child(node, "propertyNames")
        let isOld = resources[resource].dialect.draft == .draft7
        node.unevaluatedProperties = isOld ? -1 : child(node, "unevaluatedProperties")
        let isNeeded =
            !properties.isEmpty || !patterns.isEmpty || !required.isEmpty || !dependencies.isEmpty || least != nil
            || most != nil || additional >= 0 || names >= 0
        guard isNeeded, tree.isMapping(node.place.node) else { return }
        node.object = ObjectRules(
            properties: properties.map { (key($0.0), $0.1) },
            required: required.map { key($0) },
            patterns: patterns,
            additional: additional,
            names: names,
            minProperties: least ?? 0,
            maxProperties: most ?? .max,
            dependencies: dependencies
        )
    }

    private mutating func dependencies(
        _ node: SchemaNode,
        _ resource: Int
    ) -> [(key: Int32, required: [Int32], child: Int32)] {
        let tree = tree(node.place)
        let validates = resources[resource].dialect.validates
        var result: [(key: Int32, required: [Int32], child: Int32)] = []
        for keyword in ["dependentRequired", "dependencies", "dependentSchemas"] {
            if keyword.hasPrefix("dependent"), resources[resource].dialect.draft == .draft7 { continue }
            for entry in entries(node, keyword) {
                if tree.isSequence(entry.value) {
                    guard validates else { continue }
                    let keys = tree.elements(entry.value).map { key(tree.text($0)) }
                    result.append((key(entry.name), keys, -1))
                } else {
                    result.append((key(entry.name), [], index(of: beside(node, entry.value), in: resource)))
                }
            }
        }
        return result
    }

    private func entries(_ node: SchemaNode, _ keyword: String) -> [(name: String, value: YAMLTree.NodeID)] {
        let tree = tree(node.place)
        guard let id = value(node, keyword) else { return [] }
        return tree.entries(id).map { (tree.text($0.key), $0.value) }
    }

    private func texts(_ node: SchemaNode, _ keyword: String) -> [String] {
        let tree = tree(node.place)
        guard let id = value(node, keyword) else { return [] }
        return tree.elements(id).filter { tree.isScalar($0) }.map { tree.text($0) }
    }

    private mutating func readArray(_ node: inout SchemaNode, _ resource: Int) throws {
        let tree = tree(node.place)
        let draft = resources[resource].dialect.draft
        var prefix: [Int32] = []
        var items: Int32 = -1
        if let id = value(node, "items"), draft < .draft2020 || isLenient, tree.isSequence(id) {
            prefix = try children(node, "items")
            items = child(node, "additionalItems")
        } else {
            if draft == .draft2020 || isLenient { prefix = try children(node, "prefixItems") }
            items = child(node, "items")
        }
        let contains = child(node, "contains")
        let least = try count(node, "minItems")
        let most = try count(node, "maxItems")
        let leastContained = draft == .draft7 ? nil : try count(node, "minContains")
        let mostContained = draft == .draft7 ? nil : try count(node, "maxContains")
        let validates = resources[resource].dialect.validates
        let isUnique = validates && value(node, "uniqueItems").map { tree.scalarValue($0) } == .bool(true)
        node.unevaluatedItems = draft == .draft7 ? -1 : child(node, "unevaluatedItems")
        guard !prefix.isEmpty || items >= 0 || contains >= 0 || least != nil || most != nil || isUnique else { return }
        node.array = ArrayRules(
            prefix: prefix,
            items: items,
            contains: contains,
            minContains: leastContained ?? 1,
            maxContains: mostContained ?? .max,
            minItems: least ?? 0,
            maxItems: most ?? .max,
            isUnique: isUnique,
            containsEvaluates: draft == .draft2020
        )
    }

    private mutating func readLogic(_ node: inout SchemaNode, _ resource: Int) throws {
        var rules = LogicRules()
        rules.allOf = try children(node, "allOf")
        rules.anyOf = try children(node, "anyOf")
        rules.oneOf = try children(node, "oneOf")
        rules.not = child(node, "not")
        rules.condition = child(node, "if")
        if rules.condition >= 0 {
            rules.consequence = child(node, "then")
            rules.alternative = child(node, "else")
        }
        let isNeeded =
            !rules.allOf.isEmpty || !rules.anyOf.isEmpty || !rules.oneOf.isEmpty || rules.not >= 0
            || rules.condition >= 0
        if isNeeded { node.logic = rules }
    }
}
