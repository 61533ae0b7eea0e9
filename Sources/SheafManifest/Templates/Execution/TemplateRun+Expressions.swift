internal import SheafModel

extension TemplateRun {
    /// The value of a pipeline, which its variables get.
    mutating func evaluate(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateFault) -> TemplateValue {
        try step(at: pipeline.range)
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, dot, piped: value).piped }
        let result = value ?? .missing(.null)
        for variable in pipeline.variables {
            if pipeline.isAssignment {
                set(variable.name, result)
            } else {
                variables.append((variable.name, result))
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: TemplateCommand,
        _ dot: TemplateValue,
        piped: TemplateValue?
    ) throws(TemplateFault) -> TemplateValue {
        guard let first = command.operands.first else { return .missing(.null) }
        if case .function(let name) = first.kind {
            return try call(name, command, Array(command.operands.dropFirst()), dot, piped: piped)
        }
        if command.operands.count > 1 || piped != nil {
            let word = tree.text.string(first.range)
            throw TemplateFault(
                .value,
                "'\(word)' is no function, so it takes no arguments",
                first.range,
                help: first.kind.isField ? "functions are written without a dot" : nil
            )
        }
        if case .null = first.kind {
            throw TemplateFault(.value, "'nil' alone is no value to work with", first.range)
        }
        return try evaluate(first, dot)
    }

    private mutating func evaluate(_ operand: TemplateOperand, _ dot: TemplateValue) throws(TemplateFault)
        -> TemplateValue
    {
        switch operand.kind {
        case .dot: return dot
        case .null: return .missing(.null)
        case .bool(let flag): return .bool(flag)
        case .number(.integer(let number)): return .integer(number)
        case .number(.decimal(let number)): return .number(number)
        case .text(let text): return .text(text)
        case .field(let names): return try follow(names, from: dot, ".", operand.range)
        case .variable(let name, let names): return try follow(names, from: variable(name), name, operand.range)
        case .function(let name):
            let command = TemplateCommand(operands: [operand])
            return try call(name, command, [], dot, piped: nil)
        case .pipeline(let pipeline):
            return try deeper(operand.range) { run throws(TemplateFault) in
                try run.evaluate(pipeline, dot)
            }
        case .chain(let base, let names):
            if case .null = base.kind {
                throw TemplateFault(.value, "'nil' has no fields", operand.range)
            }
            let value = try evaluate(base, dot)
            return try follow(names, from: value, tree.text.string(base.range), operand.range)
        }
    }

    // MARK: Fields

    /// Goes from field to field; `start` is how the first value is written.
    private func follow(
        _ names: [String],
        from start: TemplateValue,
        _ written: String,
        _ range: Range<Int>
    ) throws(TemplateFault) -> TemplateValue {
        var value = start
        for (index, name) in names.enumerated() {
            try step(at: range)
            let owner =
                index == 0 ? written : written + (written == "." ? "" : ".") + names[..<index].joined(separator: ".")
            value = try field(name, of: value, owner, range)
        }
        return value
    }

    private func field(
        _ name: String,
        of value: TemplateValue,
        _ owner: String,
        _ range: Range<Int>
    ) throws(TemplateFault) -> TemplateValue {
        switch value {
        case .missing: return value
        case .null:
            throw TemplateFault(
                .value,
                "'\(owner)' is empty, so it has no '\(name)'",
                range,
                help: "test it first: {{ if \(owner) }}"
            )
        case .map(let map):
            if let found = map.entries[name] { return found }
            return .missing(.init(reason: absence(of: name, in: map, owner)))
        case .record(let record):
            if let found = record[name] { return found }
            let known = record.fields.map(\.name)
            throw TemplateFault(
                .value,
                "\(record.name) has no field '\(name)'",
                range,
                help: Suggestion.help(for: name, among: known) ?? "it has \(known.joined(separator: ", "))"
            )
        case .list:
            throw TemplateFault(
                .value,
                "'\(owner)' is a list, so it has no '\(name)'",
                range,
                help: "go over it with 'range', or take an element with 'index'"
            )
        case .bool, .integer, .number, .text:
            throw TemplateFault(.value, "'\(owner)' is \(value.inWords), so it has no '\(name)'", range)
        }
    }

    private func absence(of name: String, in map: TemplateMap, _ owner: String) -> String {
        let place = owner == "." ? "the mapping" : "'\(owner)'"
        guard map.entries.count <= 100, let near = Suggestion.nearest(to: name, among: map.sortedKeys) else {
            return "\(place) has no key '\(name)'"
        }
        return "\(place) has no key '\(name)', but '\(near)'"
    }

    // MARK: Calls

    private mutating func call(
        _ name: String,
        _ command: TemplateCommand,
        _ operands: [TemplateOperand],
        _ dot: TemplateValue,
        piped: TemplateValue?
    ) throws(TemplateFault) -> TemplateValue {
        let range = command.range
        try step(at: range)
        guard let function = library[name] else { throw unavailable(name, command) }
        let count = operands.count + (piped == nil ? 0 : 1)
        guard function.arity.contains(count) else {
            throw TemplateFault(.value, Self.arityMessage(function, count), range)
        }
        if name == "and" || name == "or" { return try decide(name == "or", operands, dot, piped) }
        var values: [TemplateValue] = []
        for operand in operands { values.append(try evaluate(operand, dot)) }
        if let piped { values.append(piped) }
        return try located(range, operands) {
            try context.spend(Self.cost(of: values))
            return try function.body(TemplateArguments(function: name, values: values, context: context))
        }
    }

    /// Reading long texts and lists costs more than reading short ones.
    private static func cost(of values: [TemplateValue]) -> Int {
        values.reduce(1) { cost, value in
            switch value {
            case .text(let text): cost + text.utf8.count / 32
            case .list(let list): cost + list.elements.count / 8
            case .map(let map): cost + map.entries.count / 8
            default: cost
            }
        }
    }

    private func unavailable(_ name: String, _ command: TemplateCommand) -> TemplateFault {
        let range = command.operands.first?.range ?? command.range
        guard FunctionLibrary.isOnlyOnPlatform(name) else {
            return TemplateFault(.unknownFunction, "there is no function '\(name)'", range)
        }
        return TemplateFault(.unsupported, "Sheaf cannot run the function '\(name)' of sprig", range)
    }

    private static func arityMessage(_ function: TemplateFunction, _ count: Int) -> String {
        let (least, most) = (function.arity.lowerBound, function.arity.upperBound)
        let wanted = least == most ? "\(least)" : most == .max ? "at least \(least)" : "\(least) to \(most)"
        let noun = wanted == "1" || wanted == "at least 1" ? "argument" : "arguments"
        return "'\(function.name)' takes \(wanted) \(noun), not \(count)"
    }

    /// `and` and `or` stop at the first argument that decides, and give it back.
    private mutating func decide(
        _ wanted: Bool,
        _ operands: [TemplateOperand],
        _ dot: TemplateValue,
        _ piped: TemplateValue?
    ) throws(TemplateFault) -> TemplateValue {
        var value = TemplateValue.missing(.null)
        for operand in operands {
            value = try evaluate(operand, dot)
            if value.isTrue == wanted { return value }
        }
        return piped ?? value
    }
}

extension TemplateOperand.Kind {
    fileprivate var isField: Bool {
        if case .field = self { return true }
        return false
    }
}
