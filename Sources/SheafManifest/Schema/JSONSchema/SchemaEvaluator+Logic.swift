/// Schemas that are joined by and, or, not and if.
extension SchemaEvaluator {
    mutating func checkLogic(
        _ rules: LogicRules,
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var isValid = true
        for child in rules.allOf { isValid = check(child, id, &seen) && isValid }
        if !rules.anyOf.isEmpty { isValid = checkAny(rules.anyOf, index, id, &seen) && isValid }
        if !rules.oneOf.isEmpty { isValid = checkOne(rules.oneOf, index, id, &seen) && isValid }
        if rules.not >= 0 {
            var none = Evaluated(isWanted: false)
            if accepts(rules.not, id, &none) {
                report("not", index, id, "is \(inWords(id)), which is not allowed")
                isValid = false
            }
        }
        if rules.condition >= 0 {
            var own = Evaluated(isWanted: seen.isWanted)
            let holds = accepts(rules.condition, id, &own)
            if holds { seen.merge(own) }
            let next = holds ? rules.consequence : rules.alternative
            if next >= 0 { isValid = check(next, id, &seen) && isValid }
        }
        return isValid
    }

    private mutating func checkAny(
        _ children: [Int32],
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var best: [SchemaViolation]?
        var isValid = false
        for child in children {
            var own = Evaluated(isWanted: seen.isWanted)
            let (holds, violations) = attempt(child, id, &own)
            if holds {
                isValid = true
                seen.merge(own)
                // Without a need for what was looked at, one is enough.
                if !seen.isWanted { return true }
            } else {
                best = better(violations, best, id)
            }
        }
        if !isValid { reportAlternatives("anyOf", best ?? [], index, id) }
        return isValid
    }

    private mutating func checkOne(
        _ children: [Int32],
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        _ seen: inout Evaluated
    ) -> Bool {
        var best: [SchemaViolation]?
        var count = 0
        var chosen = Evaluated(isWanted: seen.isWanted)
        for child in children {
            var own = Evaluated(isWanted: seen.isWanted)
            let (holds, violations) = attempt(child, id, &own)
            if holds {
                count += 1
                chosen = own
            } else {
                best = better(violations, best, id)
            }
        }
        switch count {
        case 1: seen.merge(chosen)
        case 0: reportAlternatives("oneOf", best ?? [], index, id)
        default: report("oneOf", index, id, "fits \(count) of the forms of which it must have exactly one")
        }
        return count == 1
    }

    /// The findings of the alternative that comes nearest: one that accepts the type, with the fewest findings.
    private func better(
        _ new: [SchemaViolation],
        _ old: [SchemaViolation]?,
        _ id: YAMLTree.NodeID
    ) -> [SchemaViolation] {
        guard let old else { return new }
        let rank: ([SchemaViolation]) -> (Int, Int) = { violations in
            let isFar = violations.contains {
                $0.node == id && ["type", "const", "enum", "false"].contains($0.keyword)
            }
            return (isFar ? 1 : 0, violations.count)
        }
        return rank(new) < rank(old) ? new : old
    }

    private mutating func reportAlternatives(
        _ keyword: String,
        _ best: [SchemaViolation],
        _ index: Int32,
        _ id: YAMLTree.NodeID
    ) {
        guard silence == 0 else { return }
        if best.isEmpty {
            report(keyword, index, id, "has none of the forms that are allowed")
        } else {
            add(best)
        }
    }
}
