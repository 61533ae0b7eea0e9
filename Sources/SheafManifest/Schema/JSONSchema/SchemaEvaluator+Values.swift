/// Types, constants, numbers and texts.
extension SchemaEvaluator {
    mutating func checkValue(_ node: SchemaNode, _ index: Int32, _ id: YAMLTree.NodeID) -> Bool {
        var isValid = true
        if node.types != .all, !hasType(id, node.types) {
            report("type", index, id, "must be \(node.types.inWords), but is \(inWords(id))")
            isValid = false
        }
        if node.constant != nil || node.allowed != nil { isValid = checkConstants(node, index, id) && isValid }
        guard node.numbers != nil || node.texts != nil, tree.kind(id) == .scalar else { return isValid }
        switch type(of: id) {
        case .integer, .number:
            if let numbers = node.numbers, let value = tree.number(id) {
                isValid = check(value, numbers, index, id) && isValid
            }
        case .text: if let texts = node.texts { isValid = check(texts, index, id) && isValid }
        case .null, .boolean: break
        }
        return isValid
    }

    func type(of id: YAMLTree.NodeID) -> YAMLTree.ScalarType { id.index == nameNode ? .text : tree.jsonType(id) }

    private func hasType(_ id: YAMLTree.NodeID, _ types: SchemaTypes) -> Bool {
        switch tree.kind(id) {
        case .mapping: return types.contains(.object)
        case .sequence: return types.contains(.array)
        case .scalar: break
        }
        switch type(of: id) {
        case .null: return types.contains(.null)
        case .boolean: return types.contains(.boolean)
        case .text: return types.contains(.text)
        case .integer: return types.contains(.integer)
        case .number:
            if types.contains(.number) { return true }
            // A number without a fraction is whole, however it is written.
            return types.contains(.integer) && tree.number(id)?.isInteger == true
        }
    }

    private mutating func checkConstants(_ node: SchemaNode, _ index: Int32, _ id: YAMLTree.NodeID) -> Bool {
        let value =
            id.index == nameNode ? .text(tree.withText(id) { Array($0) }) : SchemaValue(tree, id)
        if let constant = node.constant, constant != value {
            report("const", index, id, "must be \(constant.shown), but is \(value.shown)")
            return false
        }
        if let allowed = node.allowed, !allowed.contains(value) {
            let list = allowed.map(\.shown).joined(separator: ", ")
            report("enum", index, id, "must be one of \(list), but is \(value.shown)", candidates: allowed.map(\.plain))
            return false
        }
        return true
    }

    private mutating func check(
        _ value: DecimalNumber,
        _ rules: NumberRules,
        _ index: Int32,
        _ id: YAMLTree.NodeID
    ) -> Bool {
        var isValid = true
        if let limit = rules.minimum, value < limit {
            report("minimum", index, id, "must be at least \(limit), but is \(value)")
            isValid = false
        }
        if let limit = rules.maximum, value > limit {
            report("maximum", index, id, "must be at most \(limit), but is \(value)")
            isValid = false
        }
        if let limit = rules.exclusiveMinimum, value <= limit {
            report("exclusiveMinimum", index, id, "must be more than \(limit), but is \(value)")
            isValid = false
        }
        if let limit = rules.exclusiveMaximum, value >= limit {
            report("exclusiveMaximum", index, id, "must be less than \(limit), but is \(value)")
            isValid = false
        }
        if let divisor = rules.multipleOf, !value.isMultiple(of: divisor) {
            report("multipleOf", index, id, "must be a multiple of \(divisor), but is \(value)")
            isValid = false
        }
        return isValid
    }

    private mutating func check(_ rules: TextRules, _ index: Int32, _ id: YAMLTree.NodeID) -> Bool {
        var isValid = true
        if rules.minLength > 0 || rules.maxLength < .max {
            let length = tree.withText(id) { text in text.count { $0 & 0xC0 != 0x80 } }
            if length < rules.minLength {
                let problem =
                    length == 0 ? "is empty" : "has \(length) characters; at least \(rules.minLength) are needed"
                report("minLength", index, id, problem)
                isValid = false
            }
            if length > rules.maxLength {
                report("maxLength", index, id, "has \(length) characters; at most \(rules.maxLength) are allowed")
                isValid = false
            }
        }
        if let pattern = rules.pattern, !tree.withText(id, { pattern.matches($0) }) {
            report("pattern", index, id, "must match \(rules.patternText), but is '\(tree.text(id).prefix(60))'")
            isValid = false
        }
        if rules.assertsFormat, let format = rules.format, !TextFormat.accepts(tree.text(id), format) {
            report("format", index, id, "must be of the form '\(format)', but is '\(tree.text(id).prefix(60))'")
            isValid = false
        }
        return isValid
    }

    /// What a node is, for messages.
    func inWords(_ id: YAMLTree.NodeID) -> String {
        switch tree.kind(id) {
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        case .scalar: return tree.scalarInWords(id)
        }
    }
}

extension SchemaValue {
    /// A text without quotes; anything else as shown.
    var plain: String {
        guard case .text(let bytes) = self else { return shown }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension YAMLTree {
    /// What a node is, for messages: `a mapping`, `a list`, `the number 5`, `the text 'x'`, `empty`.
    func inWords(_ id: NodeID) -> String {
        switch kind(id) {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: scalarInWords(id)
        }
    }

    func scalarInWords(_ id: NodeID) -> String {
        let text = text(id)
        switch scalarType(id) {
        case .null: return "empty"
        case .boolean: return "the boolean \(text)"
        case .integer, .number: return "the number \(text)"
        case .text: return "the text '\(text.prefix(40))'"
        }
    }
}
