/// Mappings and lists.
extension SchemaEvaluator {
    mutating func checkObject(
        _ rules: ObjectRules,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        var present = KeySet()
        var position = 0
        var child = tree.firstChild(id)
        let end = tree.end(id)
        while child < end {
            let value = tree.end(child)
            let slot = rules.slot(keys.number(tree.symbol(child), tree, schema.keyTable))
            if slot >= 0 { present.insert(slot) }
            let key = YAMLTree.NodeID(at: child)
            if checkMember(rules, index, slot, key, YAMLTree.NodeID(at: value), &isValid), seen.isWanted {
                seen.insert(position)
            }
            if rules.names >= 0 { isValid = checkName(rules.names, key) && isValid }
            position += 1
            child = tree.end(value)
        }
        return checkKeys(rules, present, count: position, index, id, &seen) && isValid
    }

    /// Holds one entry against what is said of its key.
    ///
    /// - Returns: Whether anything is said of it.
    private mutating func checkMember(
        _ rules: ObjectRules,
        _ index: Int32,
        _ slot: Int,
        _ key: YAMLTree.NodeID,
        _ value: YAMLTree.NodeID,
        _ isValid: inout Bool
    ) -> Bool {
        var isKnown = false
        var none = Evaluated(isWanted: false)
        if slot >= 0, rules.children[slot] >= 0 {
            isKnown = true
            isValid = check(rules.children[slot], value, &none) && isValid
        }
        for pattern in rules.patterns where tree.withText(key, { pattern.pattern.matches($0) }) {
            isKnown = true
            isValid = check(pattern.child, value, &none) && isValid
        }
        guard !isKnown, rules.additional >= 0 else { return isKnown }
        if schema[rules.additional].always == false {
            report(
                "additionalProperties",
                index,
                key,
                "is no known key",
                candidates: rules.children.indices.filter { rules.children[$0] >= 0 }
                    .map { schema.keyNames[Int(rules.keys[$0])] }
            )
            isValid = false
        } else {
            isValid = check(rules.additional, value, &none) && isValid
        }
        return true
    }

    private mutating func checkName(_ names: Int32, _ key: YAMLTree.NodeID) -> Bool {
        let outer = nameNode
        nameNode = key.index
        defer { nameNode = outer }
        var none = Evaluated(isWanted: false)
        return check(names, key, &none)
    }

    private mutating func checkKeys(
        _ rules: ObjectRules,
        _ present: KeySet,
        count: Int,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        if !present.isSuperset(of: rules.requiredSet) {
            for slot in rules.required where !present.contains(slot) {
                report("required", index, id, "has no '\(schema.keyNames[Int(rules.keys[slot])])'")
            }
            isValid = false
        }
        if count < rules.minProperties {
            report("minProperties", index, id, "has \(count) keys; at least \(rules.minProperties) are needed")
            isValid = false
        }
        if count > rules.maxProperties {
            report("maxProperties", index, id, "has \(count) keys; at most \(rules.maxProperties) are allowed")
            isValid = false
        }
        for dependency in rules.dependencies where present.contains(dependency.slot) {
            let owner = schema.keyNames[Int(rules.keys[dependency.slot])]
            for slot in dependency.required where !present.contains(slot) {
                let name = schema.keyNames[Int(rules.keys[slot])]
                report("dependentRequired", index, id, "has '\(owner)' and so needs '\(name)'")
                isValid = false
            }
            if dependency.child >= 0 { isValid = check(dependency.child, id, &seen) && isValid }
        }
        return isValid
    }

    mutating func checkArray(
        _ rules: ArrayRules,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        var none = Evaluated(isWanted: false)
        var position = 0
        var contained = 0
        var child = tree.firstChild(id)
        let end = tree.end(id)
        while child < end {
            let element = YAMLTree.NodeID(at: child)
            if position < rules.prefix.count {
                isValid = check(rules.prefix[position], element, &none) && isValid
                if seen.isWanted { seen.insert(position) }
            } else if rules.items >= 0 {
                isValid = check(rules.items, element, &none) && isValid
                if seen.isWanted { seen.insert(position) }
            }
            if rules.contains >= 0, accepts(rules.contains, element, &none) {
                contained += 1
                if seen.isWanted, rules.containsEvaluates { seen.insert(position) }
            }
            position += 1
            child = tree.end(child)
        }
        if rules.contains >= 0 { isValid = checkContained(contained, rules, index, id) && isValid }
        if position < rules.minItems {
            report("minItems", index, id, "has \(position) elements; at least \(rules.minItems) are needed")
            isValid = false
        }
        if position > rules.maxItems {
            report("maxItems", index, id, "has \(position) elements; at most \(rules.maxItems) are allowed")
            isValid = false
        }
        if rules.isUnique { isValid = checkUnique(index, id) && isValid }
        return isValid
    }

    private mutating func checkContained(
        _ count: Int,
        _ rules: ArrayRules,
        _ index: Int32,
        _ id: YAMLTree.NodeID
    ) -> Bool {
        if count < rules.minContains {
            report("contains", index, id, "has \(count) of the elements of which \(rules.minContains) are needed")
            return false
        }
        if count > rules.maxContains {
            report("maxContains", index, id, "has \(count) of the elements of which \(rules.maxContains) are allowed")
            return false
        }
        return true
    }

    private mutating func checkUnique(_ index: Int32, _ id: YAMLTree.NodeID) -> Bool {
        var seen: Set<SchemaValue> = []
        for element in tree.elements(id) {
            let value = SchemaValue(tree, element)
            guard !seen.insert(value).inserted else { continue }
            report("uniqueItems", index, element, "is given twice: \(value.shown)")
            return false
        }
        return true
    }

    mutating func checkUnevaluated(
        _ node: SchemaNode,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        var none = Evaluated(isWanted: false)
        if node.unevaluatedProperties >= 0, tree.kind(id) == .mapping {
            for (position, entry) in tree.entries(id).enumerated() where !seen.contains(position) {
                let isRefused = schema[node.unevaluatedProperties].always == false
                if isRefused { report("unevaluatedProperties", index, entry.key, "is no known key") }
                let isAccepted = !isRefused && check(node.unevaluatedProperties, entry.value, &none)
                isValid = isAccepted && isValid
            }
            seen.insertAll(tree.count(id))
        }
        if node.unevaluatedItems >= 0, tree.kind(id) == .sequence {
            for (position, element) in tree.elements(id).enumerated() where !seen.contains(position) {
                isValid = check(node.unevaluatedItems, element, &none) && isValid
            }
            seen.insertAll(tree.count(id))
        }
        return isValid
    }
}
