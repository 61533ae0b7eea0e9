internal import SheafModel

/// Runs a template over its data, as Go's `text/template` does.
///
/// A key that a map has not is no error: it has no value, and printing it gives `<no value>`, which the result notes. A
/// field that a record of the platform has not is one.
struct TemplateRun {
    /// How a list of parts ended.
    private enum Flow { case onward, next, leave }

    let tree: TemplateTree
    let context: TemplateContext
    let library: FunctionLibrary
    /// Innermost last; the first is `$`.
    var variables: [(name: String, value: TemplateValue)]
    private var output = RenderedText()
    private var depth = 0

    /// Runs a template.
    ///
    /// - Throws: A fault with its place in the template.
    static func render(
        _ tree: TemplateTree,
        data: TemplateValue,
        context: TemplateContext,
        library: FunctionLibrary = .standard
    ) throws(TemplateFault) -> RenderedText {
        var run = TemplateRun(tree, data, context, library)
        _ = try run.walk(tree.root, data)
        return run.output
    }

    private init(
        _ tree: TemplateTree,
        _ data: TemplateValue,
        _ context: TemplateContext,
        _ library: FunctionLibrary
    ) {
        self.tree = tree
        self.context = context
        self.library = library
        variables = [("$", data)]
    }

    /// Counts a step, and points to where the template was when there are too many.
    func step(at range: Range<Int>) throws(TemplateFault) { try spend(1, range) }

    private func spend(_ count: Int, _ range: Range<Int>) throws(TemplateFault) {
        try located(range) { try context.spend(count) }
    }

    /// Does some work, and gives a problem in it its place: the argument that is to blame, else the whole range.
    func located<Value>(
        _ range: Range<Int>,
        _ operands: [TemplateOperand] = [],
        _ work: () throws -> Value
    ) throws(TemplateFault) -> Value {
        do {
            return try work()
        } catch let problem as TemplateProblem {
            let blamed = problem.argument.flatMap { operands.indices.contains($0) ? operands[$0].range : nil }
            throw TemplateFault(problem.kind, problem.message, blamed ?? range)
        } catch let fault as TemplateFault {
            throw fault
        } catch {
            throw TemplateFault(.value, "\(error)", range)
        }
    }

    // MARK: Parts

    private mutating func walk(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(TemplateFault) -> Flow {
        for node in nodes {
            let flow = try walk(node, dot)
            if flow != .onward { return flow }
        }
        return .onward
    }

    private mutating func walk(_ node: TemplateNode, _ dot: TemplateValue) throws(TemplateFault) -> Flow {
        switch node {
        case .text(let range):
            try step(at: range)
            let text = tree.text.string(range)
            try checkLength(text, range)
            output.copy(text, from: range)
            return .onward
        case .action(let pipeline):
            let value = try evaluate(pipeline, dot)
            if pipeline.variables.isEmpty { try write(value, pipeline) }
            return .onward
        case .conditional(let branch): return try walk(branch, dot, changesDot: false)
        case .scope(let branch): return try walk(branch, dot, changesDot: true)
        case .loop(let branch): return try loop(branch, dot)
        case .call(let name, let argument, let range):
            try call(name, argument, range, dot)
            return .onward
        case .leave: return .leave
        case .next: return .next
        }
    }

    private func checkLength(_ text: String, _ range: Range<Int>) throws(TemplateFault) {
        let limit = context.limits.textLength
        guard output.text.utf8.count + text.utf8.count <= limit else {
            throw TemplateFault(.limit, "the template writes more than \(limit) bytes", range)
        }
    }

    private mutating func write(_ value: TemplateValue, _ pipeline: TemplatePipeline) throws(TemplateFault) {
        if case .missing(let absence) = value {
            output.note(.init(range: pipeline.range, reason: absence.reason))
            output.write("<no value>", from: pipeline.range)
            return
        }
        let text = try located(pipeline.range) { try GoText.text(value, context) }
        try checkLength(text, pipeline.range)
        output.write(text, from: pipeline.range)
    }

    // MARK: Actions

    /// Runs a part one level deeper; variables that it declares are gone afterwards.
    private mutating func nested(
        _ range: Range<Int>,
        _ part: (inout TemplateRun) throws(TemplateFault) -> Flow
    ) throws(TemplateFault) -> Flow {
        let outer = variables.count
        depth += 1
        defer {
            depth -= 1
            variables.removeLast(variables.count - outer)
        }
        guard depth <= context.limits.depth else {
            throw TemplateFault(.limit, "the template goes more than \(context.limits.depth) levels deep", range)
        }
        return try part(&self)
    }

    private mutating func walk(
        _ branch: TemplateNode.Branch,
        _ dot: TemplateValue,
        changesDot: Bool
    ) throws(TemplateFault) -> Flow {
        try nested(branch.range) { run throws(TemplateFault) in
            let value = try run.evaluate(branch.pipeline, dot)
            guard value.isTrue else { return try run.walk(branch.otherwise, dot) }
            return try run.walk(branch.body, changesDot ? value : dot)
        }
    }

    private mutating func loop(_ branch: TemplateNode.Branch, _ dot: TemplateValue) throws(TemplateFault) -> Flow {
        try nested(branch.range) { run throws(TemplateFault) in
            let value = try run.evaluate(branch.pipeline, dot)
            let turns = try run.turns(of: value, branch.pipeline.range)
            if turns.isEmpty { return try run.walk(branch.otherwise, dot) }
            for turn in turns {
                try run.step(at: branch.range)
                let inner = run.variables.count
                run.assign(turn, branch.pipeline)
                let flow = try run.walk(branch.body, turn.element)
                run.variables.removeLast(run.variables.count - inner)
                if flow == .leave { break }
            }
            return .onward
        }
    }

    private typealias Turn = (index: TemplateValue, element: TemplateValue)

    private func turns(of value: TemplateValue, _ range: Range<Int>) throws(TemplateFault) -> [Turn] {
        switch value {
        case .missing, .null: return []
        case .list(let list):
            try spend(list.elements.count / 8, range)
            return list.elements.enumerated().map { (.integer(Int64($0)), $1) }
        case .map(let map):
            try spend(map.entries.count, range)
            return map.sortedKeys.map { (.text($0), map.entries[$0] ?? .null) }
        case .integer(let count):
            try spend(Int(max(0, min(count, Int64(context.limits.steps) + 1))), range)
            return (0..<max(0, count)).map { (.integer($0), .integer($0)) }
        case .bool, .number, .text, .record:
            throw TemplateFault(
                .value,
                "'range' cannot go over \(value.inWords)",
                range,
                help: "it needs a list or a mapping"
            )
        }
    }

    /// Puts the index and the element of a turn into the variables of the loop, which `evaluate` has declared.
    private mutating func assign(_ turn: Turn, _ pipeline: TemplatePipeline) {
        let values = pipeline.variables.count > 1 ? [turn.index, turn.element] : [turn.element]
        for (variable, value) in zip(pipeline.variables, values) { set(variable.name, value) }
    }

    private mutating func call(
        _ name: String,
        _ argument: TemplatePipeline?,
        _ range: Range<Int>,
        _ dot: TemplateValue
    ) throws(TemplateFault) {
        try step(at: range)
        guard let body = tree.definitions[name] else {
            throw TemplateFault(
                .value,
                "there is no template '\(name)'",
                range,
                help: Suggestion.help(for: name, among: tree.definitions.keys.sorted())
                    ?? "define it with {{define \"\(name)\"}}"
            )
        }
        let data = if let argument { try evaluate(argument, dot) } else { TemplateValue.missing(.null) }
        let outer = variables
        variables = [("$", data)]
        defer { variables = outer }
        _ = try nested(range) { run throws(TemplateFault) in try run.walk(body, data) }
    }

    // MARK: Variables

    /// Changes the innermost variable of a name.
    mutating func set(_ name: String, _ value: TemplateValue) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return }
        variables[index].value = value
    }

    func variable(_ name: String) -> TemplateValue {
        variables.last { $0.name == name }?.value ?? .missing(.null)
    }

    /// Runs a part of an expression one level deeper.
    mutating func deeper(
        _ range: Range<Int>,
        _ part: (inout TemplateRun) throws(TemplateFault) -> TemplateValue
    ) throws(TemplateFault) -> TemplateValue {
        depth += 1
        defer { depth -= 1 }
        // Parentheses are bounded by the parser; together with actions they may go twice as deep.
        guard depth <= 2 * context.limits.depth else {
            throw TemplateFault(.limit, "the template goes more than \(2 * context.limits.depth) levels deep", range)
        }
        return try part(&self)
    }
}
