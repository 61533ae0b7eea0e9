internal import SheafModel

/// Finds what expressions stand for; every problem is reported once.
///
/// Values may hold expressions themselves. They are settled when they are first needed, and only then, so that what no
/// manifest uses may be incomplete.
struct ValueEvaluator {
    /// How many values may lead to each other.
    static let chainLimit = 200
    /// How large one value may be, in bytes; a node counts as 64.
    static let sizeLimit = 16 << 20
    /// What all values together may add to the manifests.
    static let totalLimit = 128 << 20

    /// A value in which nothing is left to settle.
    private struct Settled {
        var node: ManifestNode
        var size: Int
        var depth: Int
    }

    private struct Open {
        var path: String
        var span: SourceSpan
    }

    let scope: ValueScope
    var findings = Findings()
    private(set) var uses: [ValueUse] = []
    /// The paths that were asked for, without `values`, to find settings that nobody uses.
    private(set) var askedFor: Set<[ValueStep]> = []
    private var memo: [String: Settled?] = [:]
    private var open: [Open] = []
    private var spent = 0
    private var isExhausted = false
    /// What comes near an undefined expression: to find it takes time, and a mistake is often repeated.
    private var nearest: [String: String?] = [:]
    private var known: [Expression.Root: [String]] = [:]

    init(_ scope: ValueScope) { self.scope = scope }

    // MARK: Expressions

    /// What an expression stands for.
    ///
    /// - Parameters:
    ///   - expression: What is looked for.
    ///   - place: Where it stands.
    /// - Returns: The value, whose spans are those of its definition; nil after the reason was reported.
    mutating func value(of expression: Expression, at place: SourceSpan) -> ManifestNode? {
        guard let settled = settled(expression, place) else {
            uses.append(ValueUse(place: place, expression: expression.text, value: nil, origin: nil))
            return nil
        }
        spent += settled.size
        guard spent <= Self.totalLimit else {
            exhaust(at: place)
            return nil
        }
        let origin = expression.secretName.map { scope.secrets.origin(ofSecret: $0) ?? "not there" }
        uses.append(
            ValueUse(
                place: place,
                expression: expression.text,
                value: settled.node.json.mapTexts { SecretReference.replace(in: $0) { _ in SecretText.mask } },
                origin: origin ?? settled.node.span.inWords
            )
        )
        return settled.node
    }

    /// Notes that a name from the environment was replaced.
    mutating func note(_ variable: String, _ value: String?, at place: SourceSpan) {
        let origin = value == nil ? nil : "the environment"
        uses.append(
            ValueUse(place: place, expression: "$\(variable)", value: value.map(JSONValue.string), origin: origin)
        )
    }

    private mutating func settled(_ expression: Expression, _ place: SourceSpan) -> Settled? {
        if let name = expression.secretName { return secret(name, at: place) }
        if expression.root == .values { askedFor.insert(Array(expression.path.dropFirst())) }
        var node = scope.root
        var path: [ValueStep] = []
        var isSettled = false
        for step in expression.path {
            if !isSettled, Self.mayHoldExpression(node) {
                guard let inner = settle(node, path) else { return nil }
                node = inner.node
                isSettled = true
            }
            guard let next = self.step(step, into: node, path, expression, place) else { return nil }
            path.append(step)
            node = next
        }
        return isSettled ? measured(node) : settle(node, path)
    }

    private mutating func secret(_ name: String, at place: SourceSpan) -> Settled? {
        guard let reference = SecretReference(name: name) else { return nil }
        if scope.needsSecrets, scope.secrets.origin(ofSecret: name) == nil {
            findings.report(
                .missingSecret,
                "the secret '\(name)' is not there",
                at: place,
                help: [
                    Suggestion.help(for: name, among: scope.secrets.secretNames),
                    "set SHEAF_SECRET_\(name.uppercasedVariable), give a file with --secrets, or keep it with"
                        + " 'sheaf secret set \(name)'",
                ].compactMap(\.self).joined(separator: " ")
            )
            return nil
        }
        return Settled(node: ManifestNode(text: reference.text, span: place), size: 64, depth: 1)
    }

    // MARK: Steps

    private mutating func step(
        _ step: ValueStep,
        into node: ManifestNode,
        _ path: [ValueStep],
        _ expression: Expression,
        _ place: SourceSpan
    ) -> ManifestNode? {
        switch (step, node.content) {
        case (.key(let key), .mapping(let entries)):
            if let entry = entries.first(where: { $0.key == key }) { return entry.value }
            reportUndefined(expression, path + [step], place)
        case (.index(let index), .sequence(let elements)):
            if elements.indices.contains(index) { return elements[index] }
            findings.report(
                .undefinedValue,
                "'\(path.text)' has \(elements.count) elements, so there is no '\((path + [step]).text)'",
                at: place,
                help: "the first element is [0]",
                related: related(node.span)
            )
        default:
            let wanted = if case .index = step { "a list" } else { "a mapping" }
            findings.report(
                .wrongValueType,
                "'\(path.text)' is \(node.kindInWords), not \(wanted), so there is no '\((path + [step]).text)'",
                at: place,
                help: elsewhere(node.span),
                related: related(node.span)
            )
        }
        return nil
    }

    private mutating func reportUndefined(_ expression: Expression, _ path: [ValueStep], _ place: SourceSpan) {
        if expression.root == .values, scope.isIncomplete { return }
        let wanted = Array(expression.path.dropFirst()).text
        let suggestion = nearest(expression, wanted).map { "did you mean '\(expression.root.rawValue).\($0)'?" }
        var help: [String?] = [suggestion]
        switch expression.root {
        case .values:
            help.append(scope.sourcesInWords)
            if !scope.unchosenEnvironments.isEmpty {
                help.append(
                    "no environment is chosen: --environment \(scope.unchosenEnvironments.joined(separator: "|"))"
                )
            }
        case .git where ["commit", "tag"].contains(wanted):
            help.append(wanted == "tag" ? "no tag leads to this commit" : "these files are in no commit")
        case .bundle, .git, .secrets:
            if suggestion == nil {
                help.append("there are: \(scope.paths(below: expression.root).sorted().joined(separator: ", "))")
            }
        }
        let whole = expression.path.count == path.count ? "" : ", because there is no '\(path.text)'"
        findings.report(
            .undefinedValue,
            "'\(expression.text)' is not defined\(whole)",
            at: place,
            help: help.compactMap(\.self).joined(separator: "; ")
        )
    }

    private mutating func nearest(_ expression: Expression, _ wanted: String) -> String? {
        if let found = nearest[expression.text] { return found }
        let paths = known[expression.root] ?? scope.paths(below: expression.root)
        known[expression.root] = paths
        let found = Suggestion.nearest(to: wanted, among: paths)
        nearest[expression.text] = .some(found)
        return found
    }

    /// A related place, where it is in a file.
    func related(_ span: SourceSpan) -> [Diagnostic.Related] {
        span.isElsewhere ? [] : [.init(message: "the value is given here", span: span)]
    }

    /// The same in words, where it is in none.
    func elsewhere(_ span: SourceSpan) -> String? { span.isElsewhere ? "the value comes from \(span.file)" : nil }

    // MARK: Settling

    private static func mayHoldExpression(_ node: ManifestNode) -> Bool { node.scalar?.text.contains("${{") == true }

    /// A value with all expressions in it replaced.
    private mutating func settle(_ node: ManifestNode, _ path: [ValueStep]) -> Settled? {
        let name = path.text
        if let known = memo[name] { return known }
        let result: Settled?
        switch node.content {
        case .scalar: result = settleScalar(node, name)
        case .sequence(let elements):
            let inner = elements.enumerated().map { settle($1, path + [.index($0)]) }
            result = collection(inner, node) { .sequence($0) }
        case .mapping(let entries):
            let inner = entries.map { settle($0.value, path + [.key($0.key)]) }
            result = collection(inner, node) { nodes in
                .mapping(zip(entries, nodes).map { .init(key: $0.key, keySpan: $0.keySpan, value: $1) })
            }
        }
        memo[name] = .some(result)
        return result
    }

    private func collection(
        _ inner: [Settled?],
        _ node: ManifestNode,
        _ content: ([ManifestNode]) -> ManifestNode.Content
    ) -> Settled? {
        let all = inner.compactMap(\.self)
        guard all.count == inner.count else { return nil }
        return Settled(
            node: ManifestNode(content(all.map(\.node)), span: node.span),
            size: all.reduce(64) { min($0 + $1.size, Self.sizeLimit + 1) },
            depth: 1 + (all.map(\.depth).max() ?? 0)
        )
    }

    private mutating func settleScalar(_ node: ManifestNode, _ name: String) -> Settled? {
        guard let scalar = node.scalar, Self.mayHoldExpression(node) else { return measured(node) }
        if let start = open.firstIndex(where: { $0.path == name }) {
            reportCycle(Array(open[start...]))
            return nil
        }
        guard open.count < Self.chainLimit else {
            exhaust(at: node.span)
            return nil
        }
        open.append(Open(path: name, span: node.span))
        defer { open.removeLast() }
        let parts = TextPart.parts(of: scalar.text, variables: false)
        if parts.count == 1, case .expression(let inside, _) = parts[0],
            case .expression(let expression) = Expression.read(inside)
        {
            // The value keeps its own place: that is where it would have to be changed.
            return value(of: expression, at: node.span).flatMap { measured($0) }
        }
        guard let text = text(of: parts, at: node.span) else { return nil }
        return measured(ManifestNode(text: text, span: node.span))
    }

    /// A value of values with its size; nil when there is too much of it.
    private mutating func measured(_ node: ManifestNode) -> Settled? {
        let (size, depth) = Self.measure(node, limit: Self.sizeLimit)
        guard size <= Self.sizeLimit, depth <= Self.chainLimit else {
            exhaust(at: node.span)
            return nil
        }
        return Settled(node: node, size: size, depth: depth)
    }

    private static func measure(_ node: ManifestNode, limit: Int) -> (size: Int, depth: Int) {
        var size = 64
        var deepest = 0
        func add(_ inner: ManifestNode) {
            guard size <= limit else { return }
            let (more, depth) = measure(inner, limit: limit - size)
            size += more
            deepest = max(deepest, depth)
        }
        switch node.content {
        case .scalar(let scalar): size += scalar.text.utf8.count
        case .sequence(let elements): elements.forEach(add)
        case .mapping(let entries): for entry in entries { add(entry.value) }
        }
        return (size, deepest + 1)
    }

    private mutating func exhaust(at place: SourceSpan) {
        guard !isExhausted else { return }
        isExhausted = true
        findings.report(
            .tooLarge,
            "a value stands for more than \(Self.sizeLimit >> 20) MiB, all for more than \(Self.totalLimit >> 20) MiB, "
                + "or they lead to each other over more than \(Self.chainLimit) steps",
            at: place
        )
    }

    private mutating func reportCycle(_ chain: [Open]) {
        guard let first = chain.first else { return }
        findings.report(
            .valueCycle,
            "the values lead back to themselves: \((chain + [first]).map(\.path).joined(separator: " -> "))",
            at: first.span,
            help: "write one of them out",
            related: chain.dropFirst().map { .init(message: "through '\($0.path)'", span: $0.span) }
        )
    }
}

extension String {
    /// As the names of variables are written: upper case, `_` for everything that is no letter and no digit.
    var uppercasedVariable: String {
        String(uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
