internal import SheafModel

/// Looks for misspelled fields of the data that every template of a stack gets.
///
/// Only what is written against the data itself, and only where the name is near a known one: the platform may well
/// have fields that are documented nowhere.
struct TemplateFieldCheck {
    private var faults: [TemplateFault] = []

    static func faults(in tree: TemplateTree) -> [TemplateFault] {
        var check = TemplateFieldCheck()
        check.visit(tree.root, dotIsData: true)
        return check.faults
    }

    private mutating func visit(_ nodes: [TemplateNode], dotIsData: Bool) {
        for node in nodes {
            switch node {
            case .text, .leave, .next: break
            case .action(let pipeline): visit(pipeline, dotIsData)
            case .conditional(let branch): visit(branch, dotIsData, bodyHasData: dotIsData)
            case .scope(let branch), .loop(let branch): visit(branch, dotIsData, bodyHasData: false)
            case .call(_, let argument, _): if let argument { visit(argument, dotIsData) }
            }
        }
    }

    private mutating func visit(_ branch: TemplateNode.Branch, _ dotIsData: Bool, bodyHasData: Bool) {
        visit(branch.pipeline, dotIsData)
        visit(branch.body, dotIsData: bodyHasData)
        visit(branch.otherwise, dotIsData: dotIsData)
    }

    private mutating func visit(_ pipeline: TemplatePipeline, _ dotIsData: Bool) {
        for operand in pipeline.commands.flatMap(\.operands) { visit(operand, dotIsData) }
    }

    private mutating func visit(_ operand: TemplateOperand, _ dotIsData: Bool) {
        switch operand.kind {
        case .field(let names) where dotIsData: check(names, operand.range)
        case .variable("$", let names): check(names, operand.range)
        case .pipeline(let pipeline): visit(pipeline, dotIsData)
        case .chain(let base, _): visit(base, dotIsData)
        default: break
        }
    }

    private mutating func check(_ names: [String], _ range: Range<Int>) {
        guard let first = names.first else { return }
        if !StackTemplateData.fieldNames.contains(first) {
            report(first, among: StackTemplateData.fieldNames, "the data of the template", range)
        } else if first == "ApplicationSpec", names.count > 1,
            !StackTemplateData.applicationFieldNames.contains(names[1])
        {
            report(names[1], among: StackTemplateData.applicationFieldNames, "'.ApplicationSpec'", range)
        }
    }

    private mutating func report(_ name: String, among known: [String], _ owner: String, _ range: Range<Int>) {
        guard let help = Suggestion.help(for: name, among: known) else { return }
        faults.append(TemplateFault(.value, "\(owner) has no field '\(name)'", range, help: help))
    }
}
