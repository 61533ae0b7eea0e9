/// Holds a tree against a compiled schema, by the rules of JSON Schema and no others.
///
/// What is needed for `unevaluatedProperties` and `unevaluatedItems` is recorded only below a schema that has one.
package struct SchemaEvaluator {
    /// References that lead from one to another at the same place of the tree end here.
    private static let depthLimit = 4_000

    /// The entries of a mapping, or the elements of a list, that some keyword has looked at.
    struct Evaluated {
        var isWanted: Bool
        var members: [Bool] = []

        mutating func insert(_ position: Int) {
            while members.count <= position { members.append(false) }
            members[position] = true
        }

        mutating func insertAll(_ count: Int) { members = [Bool](repeating: true, count: max(count, members.count)) }

        mutating func merge(_ other: Evaluated) {
            for (position, isMember) in other.members.enumerated() where isMember { insert(position) }
        }

        func contains(_ position: Int) -> Bool { position < members.count && members[position] }
    }

    let schema: CompiledSchema
    let tree: YAMLTree
    private(set) var violations: [SchemaViolation] = []
    var keys: SchemaKeys
    /// The resources that evaluation has come through, the outermost first.
    private var scope: [Int32] = []
    private var depth = 0
    /// Above zero, violations are not reported: only the answer counts.
    var silence = 0
    /// A key that is looked at as a value, which is a text however it is written.
    var nameNode: Int32 = -1

    private init(_ schema: CompiledSchema, _ tree: YAMLTree) {
        self.schema = schema
        self.tree = tree
        keys = SchemaKeys(tree)
    }

    /// Holds a node against a schema.
    ///
    /// - Returns: What is wrong, in the order in which it was found; empty for a node that the schema accepts.
    package static func violations(
        of schema: CompiledSchema,
        in tree: YAMLTree,
        at node: YAMLTree.NodeID
    ) -> [SchemaViolation] {
        var evaluator = SchemaEvaluator(schema, tree)
        var evaluated = Evaluated(isWanted: false)
        let isValid = evaluator.check(schema.root, node, &evaluated)
        if !isValid, evaluator.violations.isEmpty {
            evaluator.report("false", schema.root, node, "is not allowed")
        }
        return evaluator.violations
    }

    /// Whether a schema accepts a node.
    package static func accepts(_ schema: CompiledSchema, _ tree: YAMLTree, _ node: YAMLTree.NodeID) -> Bool {
        var evaluator = SchemaEvaluator(schema, tree)
        evaluator.silence = 1
        var evaluated = Evaluated(isWanted: false)
        return evaluator.check(schema.root, node, &evaluated)
    }

    // MARK: One schema

    /// Whether a schema accepts a node; takes down what it has looked at.
    mutating func check(_ index: Int32, _ id: YAMLTree.NodeID, _ outer: inout Evaluated) -> Bool {
        let node = schema[index]
        if let always = node.always {
            if !always { report("false", index, id, "is not allowed here") }
            return always
        }
        guard depth < Self.depthLimit else {
            report("$ref", index, id, "cannot be checked: the schema refers to itself without end")
            return false
        }
        depth += 1
        let isOtherResource = scope.last != node.resource
        if isOtherResource { scope.append(node.resource) }
        defer {
            depth -= 1
            if isOtherResource { scope.removeLast() }
        }
        let tracks = node.unevaluatedItems >= 0 || node.unevaluatedProperties >= 0
        guard tracks else { return checkKeywords(node, index, id, &outer) }
        var own = Evaluated(isWanted: true)
        var isValid = checkKeywords(node, index, id, &own)
        isValid = checkUnevaluated(node, index, id, &own) && isValid
        if outer.isWanted { outer.merge(own) }
        return isValid
    }

    private mutating func checkKeywords(
        _ node: SchemaNode,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        if node.reference >= 0 { isValid = check(node.reference, id, &seen) }
        if let reference = node.dynamicReference {
            isValid = check(resolve(reference), id, &seen) && isValid
        }
        isValid = checkValue(node, index, id) && isValid
        if let object = node.object, tree.kind(id) == .mapping {
            isValid = checkObject(object, index, id, &seen) && isValid
        }
        if let array = node.array, tree.kind(id) == .sequence {
            isValid = checkArray(array, index, id, &seen) && isValid
        }
        if let logic = node.logic { isValid = checkLogic(logic, index, id, &seen) && isValid }
        return isValid
    }

    /// The outermost schema on the way here with an anchor of that name.
    private func resolve(_ reference: SchemaNode.DynamicReference) -> Int32 {
        guard reference.isDynamic else { return reference.fallback }
        for resource in scope {
            if let target = schema.dynamicAnchors[Int(resource)][reference.name] { return target }
        }
        return reference.fallback
    }

    // MARK: Reports

    mutating func report(
        _ keyword: String,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ message: String,
        candidates: [String] = []
    ) {
        guard silence == 0 else { return }
        violations.append(
            SchemaViolation(
                node: id,
                keyword: keyword,
                schemaPointer: schema.pointer(index),
                message: message,
                candidates: candidates
            )
        )
    }

    /// Whether a schema accepts a node, without a word about it.
    mutating func accepts(_ index: Int32, _ id: YAMLTree.NodeID, _ seen: inout Evaluated) -> Bool {
        silence += 1
        defer { silence -= 1 }
        return check(index, id, &seen)
    }

    /// What a schema says about a node, without reporting it yet.
    mutating func attempt(
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> (isValid: Bool, violations: [SchemaViolation]) {
        let before = violations.count
        let isValid = check(index, id, &seen)
        let new = Array(violations[before...])
        violations.removeLast(violations.count - before)
        return (isValid, new)
    }

    mutating func add(_ more: [SchemaViolation]) { violations += more }
}
