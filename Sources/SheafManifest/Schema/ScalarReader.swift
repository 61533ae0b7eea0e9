internal import SheafModel

/// Reads one scalar as the type that its key wants.
struct ScalarReader {
    let mode: SchemaWalker.Mode
    let path: String

    /// The scalar in its normal form; nil, with a finding, when it does not fit.
    func read(_ node: ManifestNode, _ text: String, _ type: FieldType, _ findings: inout Findings) -> ManifestNode? {
        switch type {
        case .someText where text.isEmpty:
            findings.report(.missingKey, "'\(path)' is empty", at: node.span)
            return nil
        case .boolean: return boolean(node, text, &findings)
        case .integer(let range): return integer(node, text, range, &findings)
        case .choice(let words, let synonyms, let warns): return choice(node, text, words, synonyms, warns, &findings)
        case .quantity(let measure): return quantity(node, text, measure, &findings)
        case .name(let rule): checkName(node, text, rule, &findings)
        case .cron: checkCron(node, text, &findings)
        case .timezone: checkZone(node, text, &findings)
        case .timestamp where !TimeText.isMoment(text):
            findings.report(
                .invalidValue,
                "'\(path)' must be a moment by RFC 3339, but is '\(text)'",
                at: node.span,
                help: "write it as 2030-01-31T23:30:45Z"
            )
        case .duration where !TimeText.isDuration(text):
            findings.report(
                .invalidValue,
                "'\(path)' must be a duration, but is '\(text)'",
                at: node.span,
                help: "write it as 30s, 10m or 1h30m"
            )
        case .stack: checkStack(node, text, &findings)
        default: break
        }
        return ManifestNode(text: text, span: node.span)
    }

    private func boolean(_ node: ManifestNode, _ text: String, _ findings: inout Findings) -> ManifestNode? {
        if case .bool = node.scalar?.value { return node }
        let words = ["true": true, "false": false]
        guard let value = words[text.lowercased()] else {
            findings.report(.wrongType, "'\(path)' must be true or false, but is \(node.kindInWords)", at: node.span)
            return nil
        }
        findings.report(
            .convertedType,
            "'\(path)' is meant to be a boolean, not a text",
            at: node.span,
            help: "remove the quotes"
        )
        return with(.bool(value), node)
    }

    private func integer(
        _ node: ManifestNode,
        _ text: String,
        _ range: ClosedRange<Int64>,
        _ findings: inout Findings
    ) -> ManifestNode? {
        guard let value = Int64(text) else {
            findings.report(.wrongType, "'\(path)' must be a whole number, but is \(node.kindInWords)", at: node.span)
            return nil
        }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)"
                : "between \(range.lowerBound) and \(range.upperBound)"
            findings.report(.invalidValue, "'\(path)' must be \(bounds), but is \(value)", at: node.span)
            return nil
        }
        if case .integer = node.scalar?.value { return node }
        findings.report(
            .convertedType,
            "'\(path)' is meant to be a number, not a text",
            at: node.span,
            help: "remove the quotes"
        )
        return with(.integer(value), node)
    }

    private func choice(
        _ node: ManifestNode,
        _ text: String,
        _ words: [String],
        _ synonyms: [String: String],
        _ warns: Bool,
        _ findings: inout Findings
    ) -> ManifestNode? {
        let lowered = text.lowercased()
        if let word = words.first(where: { $0.lowercased() == lowered }) {
            return ManifestNode(text: word, span: node.span)
        }
        if let word = synonyms[lowered] {
            if warns {
                findings.report(
                    .unusualValue,
                    "'\(text)' is taken for '\(word)'",
                    at: node.span,
                    help: "write '\(word)'"
                )
            }
            return ManifestNode(text: word, span: node.span)
        }
        let list = words.map { "'\($0)'" }.joined(separator: ", ")
        findings.report(
            .invalidValue,
            "'\(path)' must be one of \(list), but is '\(text)'",
            at: node.span,
            help: Suggestion.help(for: text, among: words)
        )
        return nil
    }

    private func quantity(
        _ node: ManifestNode,
        _ text: String,
        _ measure: Quantity.Measure,
        _ findings: inout Findings
    ) -> ManifestNode? {
        if PlaceholderText.occurs(in: text) { return ManifestNode(text: text, span: node.span) }
        guard let quantity = Quantity(text) else {
            findings.report(
                .invalidValue,
                "'\(path)' must be a quantity, but is '\(text)'",
                at: node.span,
                help: "write it as 500m, 2 or 512Mi"
            )
            return nil
        }
        if let oddity = quantity.oddity(for: measure) {
            findings.report(.unusualValue, "'\(path)' is '\(text)', which \(oddity)", at: node.span)
        }
        return node
    }

    private func checkName(_ node: ManifestNode, _ text: String, _ rule: NameRule, _ findings: inout Findings) {
        let isDraft = mode == .draft && PlaceholderText.occurs(in: text)
        // Expressions in what is deployed are reported by the check that looks for them everywhere.
        guard !isDraft, !PlaceholderText.occursAsExpression(in: text) else { return }
        rule.check(text, at: node.span, &findings)
    }

    private func checkCron(_ node: ManifestNode, _ text: String, _ findings: inout Findings) {
        do {
            for doubt in try CronLine.check(text) { findings.report(.unusualCron, doubt, at: node.span) }
        } catch {
            findings.report(.invalidCron, error.message, at: node.span, help: "such as '0 6 * * 1-5' or '*/10 * * * *'")
        }
    }

    private func checkZone(_ node: ManifestNode, _ text: String, _ findings: inout Findings) {
        guard !TimeText.isZone(text) else { return }
        findings.report(
            .invalidValue,
            "'\(text)' is no known time zone",
            at: node.span,
            help: TimeText.nearestZone(text).map { "did you mean '\($0)'?" } ?? "such as UTC or Europe/Berlin"
        )
    }

    private func checkStack(_ node: ManifestNode, _ text: String, _ findings: inout Findings) {
        guard !PlaceholderText.occurs(in: text) else { return }
        let versions = text.split(separator: ":", omittingEmptySubsequences: false)
        let flavours = (versions.first ?? "").split(separator: "+", omittingEmptySubsequences: false)
        let isGood =
            versions.count <= 2 && flavours.count <= 2 && (versions + flavours).allSatisfy { !$0.isEmpty }
            && !text.contains(where: \.isWhitespace)
        if !isGood {
            findings.report(
                .invalidValue,
                "'\(text)' names no stack",
                at: node.span,
                help: "write it as name[+flavor][:version]"
            )
        }
    }

    private func with(_ value: JSONValue, _ node: ManifestNode) -> ManifestNode {
        guard var scalar = node.scalar else { return node }
        scalar.value = value
        return ManifestNode(.scalar(scalar), span: node.span)
    }
}

extension FieldType {
    /// Whether a text with a placeholder in it fits the type, so that it is no question of types at all.
    var takesPlaceholders: Bool {
        switch self {
        case .text, .someText, .name, .stack, .quantity: true
        default: false
        }
    }
}
