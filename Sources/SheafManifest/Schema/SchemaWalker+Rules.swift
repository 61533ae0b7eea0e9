internal import SheafModel

/// Rules about several keys of one mapping.
extension SchemaWalker {
    /// Checks a rule against the normal form of a mapping.
    mutating func check(
        _ rule: ObjectSchema.Rule,
        _ node: ManifestNode,
        _ places: [String: SourceSpan],
        _ path: String,
        _ span: SourceSpan
    ) {
        switch rule {
        case .exactlyOne(let keys): checkExactlyOne(keys, node, places, path, span)
        case .atLeastOne(let keys):
            guard !keys.contains(where: { places[$0] != nil }) else { return }
            let list = keys.map { "'\($0)'" }.joined(separator: " or ")
            findings.report(.missingKey, "'\(path)' needs \(list)", at: span.firstLine)
        case .words(let key, let words, let other, let allowed):
            guard let word = node[key]?.text, words.contains(word), let value = node[other],
                let text = value.text, !allowed.contains(text)
            else { return }
            let list = allowed.map { "'\($0)'" }.joined(separator: " or ")
            findings.report(
                .invalidValue,
                "'\(key): \(word)' needs '\(other): \(allowed.joined(separator: " or "))', not '\(text)'",
                at: value.span,
                help: "use \(list)"
            )
        }
    }

    private mutating func checkExactlyOne(
        _ keys: [String],
        _ node: ManifestNode,
        _ places: [String: SourceSpan],
        _ path: String,
        _ span: SourceSpan
    ) {
        let given = keys.filter { node.entry($0) != nil }
        let list = keys.map { "'\($0)'" }.joined(separator: " or ")
        if given.count > 1, let second = places[given[1]] {
            findings.report(
                .specOrFile,
                "'\(path)' has both '\(given[0])' and '\(given[1])'",
                at: second,
                help: "keep exactly one of \(list)"
            )
        } else if given.isEmpty, let place = keys.compactMap({ places[$0] }).first {
            findings.report(
                .emptyFile,
                "'\(path)' has no value for \(list)",
                at: place,
                severity: mode == .draft ? .warning : .error,
                help: "give exactly one of \(list)"
            )
        } else if given.isEmpty {
            findings.report(
                .specOrFile,
                "'\(path)' has neither \(keys.map { "'\($0)'" }.joined(separator: " nor "))",
                at: span.firstLine,
                help: "give exactly one of \(list)"
            )
        }
    }
}
