internal import SheafModel

/// What is to be said about the keys of a mapping.
extension SchemaWalker {
    /// Reports a key without a description, or keeps it where the mapping is open.
    mutating func unknown(
        _ entry: ManifestNode.Entry,
        _ schema: ObjectSchema,
        _ path: String,
        _ normal: inout [ManifestNode.Entry]
    ) {
        if schema.isOpen {
            normal.append(entry)
            return
        }
        if mode == .draft, PlaceholderText.occurs(in: entry.key) { return }
        let place = path.isEmpty ? "the top of a manifest" : "'\(path)'"
        let position = path.isEmpty ? "at \(place)" : "in \(place)"
        if let misplaced = schema.misplaced(entry.key) {
            findings.report(
                .misplacedKey,
                "'\(entry.key)' does not belong \(position)",
                at: entry.keySpan,
                severity: misplaced.isError ? .error : .warning,
                help: misplaced.help
            )
            return
        }
        findings.report(
            .unknownKey,
            "\(place) has no key '\(entry.key)'",
            at: entry.keySpan,
            help: Suggestion.help(for: entry.key, among: schema.fields.map(\.name))
        )
    }

    /// Reports a key that is not written as its name.
    mutating func report(_ match: ObjectSchema.Match, _ entry: ManifestNode.Entry, _ path: String) {
        let name = match.field.name
        switch match.notice {
        case .silent: break
        case .spelling:
            findings.report(
                .keySpelling,
                "'\(entry.key)' is taken for '\(name)'",
                at: entry.keySpan,
                help: "write '\(name)'"
            )
        case .deprecated:
            findings.report(
                .deprecatedKey,
                "'\(entry.key)' is an older form of '\(name)'",
                at: entry.keySpan,
                help: "write '\(name)'"
            )
        }
    }

    /// Reports a key that was given before, in another spelling.
    mutating func reportConflict(_ entry: ManifestNode.Entry, _ name: String, _ first: SourceSpan) {
        findings.report(
            .conflictingKeys,
            "'\(name)' is given twice, in two spellings",
            at: entry.keySpan,
            help: "remove one of the two",
            related: [.init(message: "first defined here", span: first)]
        )
    }

    /// Reports a mandatory key without a value.
    mutating func reportEmpty(_ field: Field, _ entry: ManifestNode.Entry, _ path: String) {
        guard entry.value.isNull, case .required = field.presence else { return }
        let place = path.isEmpty ? field.name : "\(path).\(field.name)"
        findings.report(.missingKey, "'\(place)' has no value", at: entry.keySpan)
    }

    /// Reports the keys that should be there and are not.
    mutating func reportMissing(
        _ schema: ObjectSchema,
        _ places: [String: SourceSpan],
        _ path: String,
        _ span: SourceSpan
    ) {
        for field in schema.fields where places[field.name] == nil {
            let owner = path.isEmpty ? "the manifest" : "'\(path)'"
            switch field.presence {
            case .optional: break
            case .required:
                findings.report(
                    .missingKey,
                    "\(owner) has no '\(field.name)'",
                    at: span.firstLine,
                    help: "add '\(field.name): …'"
                )
            case .recommended(let instead):
                findings.report(
                    .recommendedKey,
                    "\(owner) has no '\(field.name)'; \(instead)",
                    at: span.firstLine
                )
            }
        }
    }
}
