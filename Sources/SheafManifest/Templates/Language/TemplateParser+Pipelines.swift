internal import SheafModel

extension TemplateParser {
    /// Reads up to, and not including, the `}}` or `)` that ends the pipeline.
    mutating func pipeline(
        _ context: String,
        allowsSecondVariable: Bool
    ) throws(TemplateFault) -> TemplatePipeline {
        skipSpace()
        var pipeline = TemplatePipeline(range: peeked.range)
        try readVariables(&pipeline, context, allowsSecondVariable)
        while true {
            skipSpace()
            switch peeked.kind {
            case .close, .rightParen:
                guard !pipeline.commands.isEmpty else {
                    throw TemplateFault(.syntax, "\(context) has no value", missingValueRange(pipeline))
                }
                try checkStages(pipeline)
                let end = pipeline.commands.last?.range.upperBound ?? pipeline.range.upperBound
                pipeline.range = pipeline.range.lowerBound..<max(end, pipeline.range.lowerBound)
                return pipeline
            case .bool, .character, .dot, .field, .name, .number, .keyword(.null), .rawString, .string, .variable,
                .leftParen:
                pipeline.commands.append(try command())
            default: throw unexpected(peeked, in: context, help: help(for: peeked))
            }
        }
    }

    private func missingValueRange(_ pipeline: TemplatePipeline) -> Range<Int> {
        guard let variable = pipeline.variables.first else { return pipeline.range }
        return variable.range
    }

    private func help(for token: TemplateToken) -> String? {
        switch text.string(token.range) {
        case ",": "separate arguments by spaces"
        case "!": "write 'not' or 'ne'"
        case "=": "compare with 'eq', declare with ':='"
        case "&", "|": "write 'and' or 'or' before the values"
        case "<", ">": "write 'lt', 'le', 'gt' or 'ge' before the values"
        case "'": "write texts in double quotes"
        default: nil
        }
    }

    // MARK: Variables

    private mutating func readVariables(
        _ pipeline: inout TemplatePipeline,
        _ context: String,
        _ allowsSecond: Bool
    ) throws(TemplateFault) {
        let start = mark
        var tokens: [TemplateToken] = []
        while case .variable = peeked.kind {
            tokens.append(next())
            skipSpace()
            switch peeked.kind {
            case .declare, .assign:
                pipeline.isAssignment = peeked.kind == .assign
                _ = next()
                for token in tokens { try declare(token, &pipeline) }
                return
            case .sign where text[peeked.range.lowerBound] == ",":
                let comma = next()
                guard allowsSecond, tokens.count == 1 else {
                    throw TemplateFault(.syntax, "too many variables in \(context)", comma.range)
                }
                skipSpace()
                guard case .variable = peeked.kind else {
                    throw unexpected(peeked, in: "the variables of 'range'")
                }
            default:
                guard tokens.count == 1 else {
                    throw unexpected(peeked, in: "the variables of 'range'", help: "write ':=' after them")
                }
                mark = start
                return
            }
        }
    }

    private mutating func declare(
        _ token: TemplateToken,
        _ pipeline: inout TemplatePipeline
    ) throws(TemplateFault) {
        let name = text.string(token.range)
        pipeline.variables.append(.init(name: name, range: token.range))
        if pipeline.isAssignment {
            checkVariable(name, token.range)
            return
        }
        variables.append(name)
        guard variables.count <= Self.variableLimit else {
            throw TemplateFault(.limit, "more than \(Self.variableLimit) variables are in reach", token.range)
        }
    }

    private mutating func checkVariable(_ name: String, _ range: Range<Int>) {
        guard !variables.contains(name) else { return }
        let known = variables.filter { $0 != "$" }
        faults.append(
            TemplateFault(
                .syntax,
                "there is no variable '\(name)' here",
                range,
                help: Suggestion.help(for: name, among: known) ?? "declare it with '\(name) := …'"
            )
        )
    }

    // MARK: Commands

    /// Only the first stage may be a constant: the others get a value that they must do something with.
    private func checkStages(_ pipeline: TemplatePipeline) throws(TemplateFault) {
        for command in pipeline.commands.dropFirst() {
            guard let first = command.operands.first else { continue }
            switch first.kind {
            case .bool, .dot, .null, .number, .text:
                throw TemplateFault(
                    .syntax,
                    "'\(text.string(first.range))' is no function, so nothing can be piped into it",
                    first.range
                )
            default: break
            }
        }
    }

    private mutating func command() throws(TemplateFault) -> TemplateCommand {
        var operands: [TemplateOperand] = []
        while true {
            skipSpace()
            if let operand = try operand() { operands.append(operand) }
            switch peeked.kind {
            case .space:
                _ = next()
                continue
            case .close, .rightParen: return TemplateCommand(operands: operands)
            case .pipe:
                let pipe = next()
                skipSpace()
                if [.close, .rightParen, .pipe].contains(peeked.kind) {
                    throw TemplateFault(.syntax, "nothing follows this '|'", pipe.range)
                }
                return TemplateCommand(operands: operands)
            default: throw unexpected(peeked, in: "the command", help: help(for: peeked) ?? "put a space between")
            }
        }
    }

    private mutating func operand() throws(TemplateFault) -> TemplateOperand? {
        guard let term = try term() else { return nil }
        guard case .field = peeked.kind else { return term }
        var names: [String] = []
        var end = term.range.upperBound
        while case .field = peeked.kind {
            let token = next()
            names.append(text.string(token.range.lowerBound + 1..<token.range.upperBound))
            end = token.range.upperBound
        }
        let range = term.range.lowerBound..<end
        switch term.kind {
        case .field(let first): return TemplateOperand(kind: .field(first + names), range: range)
        case .variable(let name, _): return TemplateOperand(kind: .variable(name, names), range: range)
        case .bool, .text, .number, .null, .dot:
            throw TemplateFault(.syntax, "'\(text.string(term.range))' has no fields", range)
        case .function, .pipeline, .chain: return TemplateOperand(kind: .chain(term, names), range: range)
        }
    }

    /// A value without the fields that may follow it; nil when there is none here.
    private mutating func term() throws(TemplateFault) -> TemplateOperand? {
        let start = mark
        let token = next()
        let range = token.range
        switch token.kind {
        case .dot: return TemplateOperand(kind: .dot, range: range)
        case .keyword(.null): return TemplateOperand(kind: .null, range: range)
        case .bool: return TemplateOperand(kind: .bool(text.has("true", at: range.lowerBound)), range: range)
        case .field:
            let name = text.string(range.lowerBound + 1..<range.upperBound)
            return TemplateOperand(kind: .field([name]), range: range)
        case .variable:
            let name = text.string(range)
            checkVariable(name, range)
            return TemplateOperand(kind: .variable(name, []), range: range)
        case .name:
            let name = text.string(range)
            checkFunction(name, range)
            return TemplateOperand(kind: .function(name), range: range)
        case .number, .character: return try number(token)
        case .string, .rawString: return TemplateOperand(kind: .text(try string(token)), range: range)
        case .leftParen: return try parenthesised(token)
        default:
            mark = start
            return nil
        }
    }

    private mutating func checkFunction(_ name: String, _ range: Range<Int>) {
        guard !isKnownFunction(name) else { return }
        faults.append(
            TemplateFault(
                .unknownFunction,
                "there is no function '\(name)'",
                range,
                help: Suggestion.help(for: name, among: functionNames)
                    ?? "a field of the data begins with a dot: '.\(name)'"
            )
        )
    }

    private func number(_ token: TemplateToken) throws(TemplateFault) -> TemplateOperand {
        let written = text.string(token.range)
        if token.kind == .character {
            guard let value = TemplateLiteral.character(written) else {
                throw TemplateFault(
                    .syntax,
                    "\(written) is not exactly one character",
                    token.range,
                    help: "write texts in double quotes"
                )
            }
            return TemplateOperand(kind: .number(.integer(value)), range: token.range)
        }
        guard let value = TemplateLiteral.number(written) else {
            throw TemplateFault(.syntax, "'\(written)' is no number", token.range)
        }
        return TemplateOperand(kind: .number(value), range: token.range)
    }

    private mutating func parenthesised(_ opening: TemplateToken) throws(TemplateFault) -> TemplateOperand {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw TemplateFault(.limit, "parentheses are nested more than \(Self.depthLimit) deep", opening.range)
        }
        let inner = try pipeline("the parentheses", allowsSecondVariable: false)
        let token = next()
        guard token.kind == .rightParen else { throw unexpected(token, in: "the parentheses") }
        return TemplateOperand(kind: .pipeline(inner), range: opening.range.lowerBound..<token.range.upperBound)
    }
}
