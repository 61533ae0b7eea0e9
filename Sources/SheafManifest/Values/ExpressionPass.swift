internal import SheafModel

/// Replaces the expressions in the scalars of manifests, before anybody holds them against a kind.
///
/// Without a scope the expressions stay, and only their form is checked: so archives and `validate` see them.
struct ExpressionPass {
    private(set) var evaluator: ValueEvaluator?
    private(set) var places = ExpressionPlaces()
    /// What is wrong with the expressions themselves.
    var findings = Findings()
    /// By file and name, whether a variable may be the workload's own; each is looked for once.
    private var runtimeNames: [String: Bool] = [:]

    init(_ scope: ValueScope? = nil) { evaluator = scope.map(ValueEvaluator.init) }

    /// Where in a manifest a scalar stands.
    struct Context {
        /// Belongs to a stack or a template engine, which may have placeholders of its own.
        var isOpaque = false
        /// Variables are left alone.
        var keepsVariables = false
        /// Becomes arguments of a process.
        var isArgument = false
        /// The key in front of the value.
        var key: SourceSpan?
    }

    /// Keys below which placeholders may be another program's.
    private static let opaqueKeys: Set<String> = ["stackSpec", "arguments", "command"]

    /// The tree with the expressions in its documents replaced.
    mutating func fill(_ tree: YAMLTree) -> YAMLTree {
        guard tree.source.bytes.contains(UInt8(ascii: "$")) else { return tree }
        var replacements: [YAMLTree.NodeID: ManifestNode] = [:]
        for document in tree.documents { visit(tree, document, Context(), &replacements) }
        return TreeRewriter.replace(replacements, in: tree)
    }

    /// All findings: of this pass and, as they should be told, those of the checks that came after it.
    func diagnostics(with others: Findings) -> [Diagnostic] {
        var all = Findings()
        all.append(places.settle(others.all))
        all.append(findings)
        if let evaluator { all.append(evaluator.findings) }
        return all.inFileOrder
    }

    // MARK: Walking

    private mutating func visit(
        _ tree: YAMLTree,
        _ id: YAMLTree.NodeID,
        _ context: Context,
        _ replacements: inout [YAMLTree.NodeID: ManifestNode]
    ) {
        if tree.isScalar(id) {
            guard tree.withText(id, { $0.contains(UInt8(ascii: "$")) }) else { return }
            replacements[id] = replacement(tree, id, context)
        } else if tree.isSequence(id) {
            for element in tree.elements(id) { visit(tree, element, context, &replacements) }
        } else {
            let type = tree.value(id, "type").map { tree.text($0).lowercased() }
            for entry in tree.entries(id) {
                let key = tree.text(entry.key)
                // Templates are for their own engine.
                if key.lowercased().hasSuffix("template") || key.lowercased().hasSuffix("templates") { continue }
                let isStack = key == "stack" && (type == "stack" || type == "stacks")
                var inner = context
                inner.isOpaque = context.isOpaque || isStack || Self.opaqueKeys.contains(key)
                inner.keepsVariables = context.keepsVariables || isStack
                inner.isArgument = context.isArgument || key == "arguments" || key == "command"
                inner.key = tree.span(entry.key)
                visit(tree, entry.value, inner, &replacements)
            }
        }
    }

    // MARK: Scalars

    /// What stands for a scalar from now on; nil where it stays.
    private mutating func replacement(
        _ tree: YAMLTree,
        _ id: YAMLTree.NodeID,
        _ context: Context
    ) -> ManifestNode? {
        let text = tree.text(id)
        let span = tree.span(id)
        let hasVariables = !context.keepsVariables && (evaluator == nil || evaluator?.scope.variables != nil)
        let parts = TextPart.parts(of: text, variables: hasVariables)
        if parts.isEmpty || parts == [.literal(text)] { return nil }
        let isWellFormed = check(parts, context, span)
        guard evaluator != nil else {
            if isWellFormed.hasOurs || parts.allSatisfy(\.isLiteral) { places.note(.open, at: span) }
            return nil
        }
        guard isWellFormed.isGood else {
            places.note(.failed, at: span)
            return nil
        }
        if parts.allSatisfy(\.isLiteral) { places.note(.escaped, at: span) }
        if parts.count == 1, case .expression(let inside, _) = parts[0],
            case .expression(let expression) = Expression.read(inside)
        {
            return whole(expression, span, context)
        }
        return mixed(parts, tree, id, span, context)
    }

    /// An expression that is a whole scalar keeps the type of its value.
    private mutating func whole(
        _ expression: Expression,
        _ span: SourceSpan,
        _ context: Context
    ) -> ManifestNode? {
        guard let value = evaluator?.value(of: expression, at: span) else {
            places.note(.failed, at: span)
            return nil
        }
        let holdsSecret = value.json.containsText(where: SecretReference.occurs)
        if holdsSecret, context.isArgument { warnOfArgument(span) }
        places.note(expression.secretName == nil ? .filled(value.span) : .secret, at: span)
        // A collection in the wrong place is reported at its key.
        if value.scalar == nil, let key = context.key { places.note(.filled(value.span), at: key) }
        return value
    }

    private mutating func mixed(
        _ parts: [TextPart],
        _ tree: YAMLTree,
        _ id: YAMLTree.NodeID,
        _ span: SourceSpan,
        _ context: Context
    ) -> ManifestNode? {
        let resolved = parts.map { part -> TextPart in
            guard case .variable(let name, let written) = part else { return part }
            return variable(name, written, tree, span).map(TextPart.literal) ?? .literal(written)
        }
        guard let text = evaluator?.text(of: resolved, at: span) else {
            places.note(.failed, at: span)
            return nil
        }
        if SecretReference.occurs(in: text), context.isArgument { warnOfArgument(span) }
        // As the platform's own command line, which replaces before it parses: a variable alone may be a number.
        let isPlain = tree.style(id) == .plain && !parts.contains(where: \.isExpression)
        let isTyped = isPlain && !tree.isTaggedText(id)
        let value = isTyped ? ScalarResolver.resolve(text) : .string(text)
        return ManifestNode(.scalar(.init(value: value, text: text, isPlain: isTyped)), span: span)
    }

    // MARK: Checks

    /// Whether the expressions are well-formed, and whether one of them is Sheaf's.
    private mutating func check(
        _ parts: [TextPart],
        _ context: Context,
        _ span: SourceSpan
    ) -> (isGood: Bool, hasOurs: Bool) {
        var isGood = true
        var hasOurs = false
        for part in parts {
            switch part {
            case .literal: continue
            case .variable: hasOurs = true
            case .expression(let inside, let written):
                switch Expression.read(inside) {
                case .expression: hasOurs = true
                case .malformed(let reason):
                    findings.report(
                        .invalidExpression,
                        "'\(written.prefix(60))' is no expression: \(reason)",
                        at: span
                    )
                    isGood = false
                case .foreign(let root):
                    isGood = !reportForeign(written, root, context, span) && isGood
                }
            }
        }
        if !isGood { places.note(.failed, at: span) }
        return (isGood, hasOurs && isGood)
    }

    /// Reports a placeholder that nothing fills in, unless another program may be meant.
    private mutating func reportForeign(
        _ written: String,
        _ root: String?,
        _ context: Context,
        _ span: SourceSpan
    ) -> Bool {
        let roots = Expression.Root.allCases.map(\.rawValue)
        let suggestion = root.flatMap { Suggestion.help(for: $0, among: roots) }
        if context.isOpaque, suggestion == nil { return false }
        findings.report(
            .unresolvedPlaceholder,
            "the placeholder '\(written.prefix(60))' is left unresolved",
            at: span,
            help: suggestion ?? "replace it by a value; expressions begin with values, secrets, bundle or git"
        )
        return true
    }

    private mutating func warnOfArgument(_ span: SourceSpan) {
        findings.report(
            .secretInArguments,
            "a secret becomes an argument of a process, which everybody on the machine can read",
            at: span,
            help: "give it to the workload as a variable, with 'envs' or 'dataosSecrets'"
        )
    }

    // MARK: Variables

    /// The value of a variable of the environment; nil where it stays as it is written.
    private mutating func variable(
        _ name: String,
        _ written: String,
        _ tree: YAMLTree,
        _ span: SourceSpan
    ) -> String? {
        if name.hasPrefix(SecretVariables.prefix) {
            findings.report(
                .secretPlace,
                "'\(written)' is the value of a secret",
                at: span,
                help: "write ${{ secrets.\(name.dropFirst(SecretVariables.prefix.count)) }}"
            )
            return nil
        }
        if let value = evaluator?.scope.variables?[name] {
            evaluator?.note(name, value, at: span)
            return value
        }
        let key = "\(span.file) \(name)"
        guard runtimeNames[key] == nil else { return nil }
        let mayBeKnown = RuntimeNames.mayKnow(name, tree)
        runtimeNames[key] = mayBeKnown
        if !mayBeKnown {
            evaluator?.note(name, nil, at: span)
            findings.report(
                .undefinedVariable,
                "'\(written)' is not in the environment; it is left as it is",
                at: span,
                help: "set \(name), or write $${\(name)} where the text itself is meant"
            )
        }
        return nil
    }
}

extension TextPart {
    fileprivate var isLiteral: Bool { if case .literal = self { true } else { false } }
    fileprivate var isExpression: Bool { if case .expression = self { true } else { false } }
}

/// Names that a workload finds in its own environment, so that they may well stay in its command.
enum RuntimeNames {
    private static let names: Set<String> = [
        "HOME", "PATH", "LANG", "LOG_LEVEL", "POD_NAME", "PWD", "USER", "HOSTNAME",
    ]

    /// Whether a name is one that Sheaf gives to workloads, or that the same file mentions as a key or a value.
    static func mayKnow(_ name: String, _ tree: YAMLTree) -> Bool {
        if names.contains(name) || name.hasPrefix("DATAOS_") || name.hasPrefix("RUNNABLE_") { return true }
        let wanted = Array(name.utf8)
        return tree.nodes.contains { node in
            node.kind == .scalar && node.count == wanted.count && tree.withText(of: node) { $0.elementsEqual(wanted) }
        }
    }
}
