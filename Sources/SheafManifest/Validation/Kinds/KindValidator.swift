internal import SheafModel

/// Holds the manifests of one tree against the schemas of their kinds.
///
/// Works on numbers of nodes and keys: texts and places are made for findings only. One validator belongs to one
/// thread; several may read the same tree.
final class KindValidator {
    /// How strict to be about what is filled in later.
    enum Mode: Sendable {
        /// A lone manifest, perhaps a template: placeholders may stand anywhere.
        case draft
        /// A manifest that is about to be deployed.
        case complete
    }

    /// A compiled schema with the keys of this tree that were looked up in it.
    final class State {
        let set: ShapeSet
        private var keys: SchemaKeys

        init(_ set: ShapeSet, _ tree: YAMLTree) {
            self.set = set
            keys = SchemaKeys(tree)
        }

        @inline(__always) func number(_ symbol: Int32, _ tree: YAMLTree) -> Int32 {
            keys.number(symbol, tree, set.keyTable)
        }
    }

    /// The mapping that is being looked at, for words about keys that belong into another one.
    struct Level {
        var object: ShapeObject
        var key: Int32
    }

    let shared: SharedTree
    let tree: YAMLTree
    let mode: Mode
    /// The stacks that the bundle itself brings.
    let stacks: CustomStacks
    var findings = Findings()
    /// The manifests that stand in this one, as they were met.
    private(set) var inlineManifests: [YAMLTree.NodeID] = []
    /// The manifest, from which paths are counted.
    private(set) var root: YAMLTree.NodeID
    private var states: [ObjectIdentifier: State] = [:]
    private var kinds: [String: ShapeSet] = [:]
    let typeSymbol: Int32
    var levels: [Level] = []
    /// Mappings with a key that is refused.
    var strayKeyOwners: Set<YAMLTree.NodeID> = []
    /// Above zero, nothing is reported: only whether something is refused counts.
    private(set) var silence = 0
    private var refusals = 0
    /// The refusals before the question that is being answered.
    private var decidedAt = 0
    /// What is refused by the shape that is being looked at is no worse than that.
    private var severity: Diagnostic.Severity?
    /// What is refused anywhere below is no worse than that: what a stack that others made takes is not for sure.
    private(set) var limit: Diagnostic.Severity?

    init(_ shared: SharedTree, mode: Mode, stacks: CustomStacks = CustomStacks()) {
        self.shared = shared
        tree = shared.tree
        typeSymbol = shared.tree.symbol(named: "type")
        self.mode = mode
        self.stacks = stacks
        root = YAMLTree.NodeID(at: 0)
    }

    /// Holds a manifest against the schema of its kind.
    func check(_ manifest: YAMLTree.NodeID, _ set: ShapeSet) {
        root = manifest
        levels = []
        inlineManifests = []
        visit(set.root, manifest, key: -1, state(set))
    }

    /// The schema of a kind; nil for an unknown type.
    func kind(_ type: String) -> ShapeSet? {
        if let known = kinds[type] { return known }
        guard let set = ShapeLibrary.shared.kind(type) else { return nil }
        kinds[type] = set
        return set
    }

    func state(_ set: ShapeSet) -> State {
        let id = ObjectIdentifier(set)
        if let known = states[id] { return known }
        let made = State(set, tree)
        states[id] = made
        return made
    }

    /// Makes what is refused below no worse than that.
    func limit(to other: Diagnostic.Severity?) { limit = other }

    // MARK: Reports

    /// Reports what is wrong, or only counts it.
    func report(
        _ code: ManifestCode,
        _ message: @autoclosure () -> String,
        at span: @autoclosure () -> SourceSpan?,
        severity: Diagnostic.Severity? = nil,
        help: @autoclosure () -> String? = nil,
        related: @autoclosure () -> [Diagnostic.Related] = [],
        fix: @autoclosure () -> Diagnostic.Fix? = nil
    ) {
        let own = severity ?? code.severity
        if own == .error { refusals += 1 }
        guard silence == 0 else { return }
        // `error` is less than `warning`, which is less than `note`.
        findings.report(
            code,
            message(),
            at: span(),
            severity: max(own, self.severity ?? own),
            help: help(),
            related: related(),
            fix: fix()
        )
    }

    /// Takes over what another check has found.
    func report(_ others: Findings) {
        for finding in others.all {
            guard let code = ManifestCode(rawValue: finding.code) else { continue }
            report(code, finding.message, at: finding.span, severity: finding.severity, help: finding.help)
        }
    }

    /// Whether nothing more can change the answer: something is refused, and only that counts.
    var isDecided: Bool { silence > 0 && refusals > decidedAt }

    /// Whether a shape accepts a node, without a word about it.
    func accepts(_ index: Int32, _ id: YAMLTree.NodeID, _ state: State) -> Bool {
        let (before, outer) = (refusals, decidedAt)
        silence += 1
        decidedAt = before
        visit(index, id, key: -1, state, isCondition: true)
        silence -= 1
        decidedAt = outer
        defer { refusals = before }
        return refusals == before
    }

    /// What a shape says about a node, not reported yet; nil when it accepts it.
    func attempt(_ index: Int32, _ id: YAMLTree.NodeID, key: Int32, _ state: State) -> Findings? {
        let (before, count) = (findings, refusals)
        findings = Findings()
        visit(index, id, key: key, state, isCondition: true)
        let (new, isRefused) = (findings, refusals > count)
        (findings, refusals) = (before, count)
        return isRefused ? new : nil
    }

    // MARK: One value

    /// Holds a value against a shape.
    ///
    /// The key is the value's own, where there is one. A condition says something more of a mapping that another shape
    /// describes. Lifted keys belong beside the value; what was found of them is put in.
    func visit(
        _ index: Int32,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State,
        isCondition: Bool = false,
        lifted: LiftedKeys? = nil
    ) {
        guard index >= 0 else { return }
        let shape = state.set[index]
        if shape.isFree { return isCondition ? () : visitFree(id) }
        let outer = severity
        severity = limit
        if let own = shape.words.severity, silence == 0 { severity = max(own, limit ?? own) }
        defer { severity = outer }
        if !shape.isSilent { say(shape.words, id, key: key) }
        switch tree.kind(id) {
        case .scalar: visitScalar(shape, id, key: key, state)
        case .mapping: visitMapping(shape, id, key: key, state, isCondition, lifted)
        case .sequence: visitSequence(shape, id, key: key, state)
        }
        if let logic = shape.logic, !isDecided { visitLogic(logic, shape, id, key: key, state) }
    }

    /// Says what is to be said of a value because it is there.
    private func say(_ words: Shape.Words, _ id: YAMLTree.NodeID, key: Int32) {
        if let note = words.note {
            report(.unusualValue, "'\(self.name(id, key))': \(note)", at: self.keyOrValue(id, key), severity: .note)
        }
        if let warning = words.warning {
            report(.unusualValue, "'\(self.name(id, key))': \(warning)", at: self.keyOrValue(id, key))
        }
        if words.isDeprecated {
            report(
                .deprecatedKey,
                "'\(self.name(id, key))' is deprecated",
                at: self.keyOrValue(id, key),
                help: words.instead
            )
        }
    }

    private func visitMapping(
        _ shape: Shape,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State,
        _ isCondition: Bool,
        _ lifted: LiftedKeys?
    ) {
        if shape.role == .manifest {
            if silence == 0 { inlineManifests.append(id) }
            return
        }
        if shape.types.contains(.object) {
            guard let object = shape.object else { return isCondition ? () : visitFree(id) }
            visitObject(object, shape, id, key: key, state, isCondition, lifted)
        } else if let elements = shape.elements, elements.single != .refused {
            reportSingle(elements.single, id, key: key)
            visit(elements.items, id, key: key, state)
        } else {
            wrong(shape, id, key: key)
        }
    }

    /// Looks for empty values where anything else may stand.
    func visitFree(_ id: YAMLTree.NodeID) {
        if silence > 0 || tree.kind(id) == .scalar { return }
        let isMapping = tree.kind(id) == .mapping
        var child = tree.firstChild(id)
        while child < tree.end(id) {
            let value = YAMLTree.NodeID(at: isMapping ? tree.end(child) : child)
            if tree.kind(value) != .scalar {
                visitFree(value)
            } else if isMapping, tree.isNull(value) {
                reportEmpty(child)
            }
            child = tree.end(value)
        }
    }

    private func visitSequence(_ shape: Shape, _ id: YAMLTree.NodeID, key: Int32, _ state: State) {
        if shape.types.contains(.array) {
            guard let elements = shape.elements else { return }
            visitElements(elements, id, key: key, state)
        } else if shape.takesListOfOne {
            guard tree.count(id) == 1 else {
                report(
                    .wrongType,
                    "'\(self.path(id))' must be one mapping, but is a list of \(self.tree.count(id))",
                    at: self.place(id, key)
                )
                return
            }
            let only = YAMLTree.NodeID(at: tree.firstChild(id))
            if shape.notesListOfOne {
                report(
                    .convertedType,
                    "'\(self.path(id))' is meant to be a mapping; the only one of the list is taken",
                    at: self.place(id, key),
                    severity: .note,
                    help: "remove the '- '"
                )
            }
            if tree.kind(only) == .mapping, let object = shape.object {
                visitObject(object, shape, only, key: key, state, false, nil)
            } else {
                wrong(shape, only, key: -1)
            }
        } else if let shorthand = shape.shorthand, let object = shape.object {
            visitShorthand(shorthand, object, id, key: key, state)
        } else {
            wrong(shape, id, key: key)
        }
    }

    private func visitElements(_ elements: Shape.Elements, _ id: YAMLTree.NodeID, key: Int32, _ state: State) {
        var child = tree.firstChild(id)
        let end = tree.end(id)
        if child == end {
            if elements.warnsWhenEmpty {
                report(.emptyList, "'\(self.path(id))' has no elements", at: self.place(id, key))
            }
            if elements.minItems > 0 {
                let help = "add at least \(elements.minItems == 1 ? "one" : String(elements.minItems))"
                report(.missingKey, "'\(self.path(id))' is empty", at: self.place(id, key), help: help)
            }
        }
        guard elements.items >= 0 else { return }
        while child < end {
            let element = YAMLTree.NodeID(at: child)
            if tree.isNull(element) {
                report(.missingKey, "'\(self.path(element))' has no value", at: self.tree.span(element))
            } else {
                visit(elements.items, element, key: -1, state)
            }
            child = tree.end(child)
        }
    }

    func visitShorthand(
        _ shorthand: Shape.Shorthand,
        _ object: ShapeObject,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State
    ) {
        if shorthand.notice != .same {
            report(
                .convertedType,
                "'\(self.path(id))' is meant to be a mapping; taken as its '\(shorthand.key)'",
                at: self.place(id, key),
                help: "write it as '\(shorthand.key): …' below the key"
            )
        }
        let slot = object.slot(named: shorthand.key)
        if slot >= 0 { visit(object.rules.children[slot], id, key: key, state) }
    }
}

/// Keys of a mapping that belong beside it, and which of them were met.
final class LiftedKeys {
    let slots: [String: Int]
    let object: ShapeObject
    var met: [Int] = []

    init(_ slots: [String: Int], _ object: ShapeObject) {
        self.slots = slots
        self.object = object
    }
}
