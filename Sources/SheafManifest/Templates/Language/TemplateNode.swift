/// A part of a parsed template.
enum TemplateNode {
    /// `{{if}}`, `{{with}}` or `{{range}}` with its two bodies.
    struct Branch {
        var pipeline: TemplatePipeline
        var body: [TemplateNode]
        var otherwise: [TemplateNode]
        var range: Range<Int>
    }

    /// The text with its place, trim markers applied.
    case text(Range<Int>)
    case action(TemplatePipeline)
    case conditional(Branch)
    case scope(Branch)
    case loop(Branch)
    /// `{{template "name" pipeline}}`, and what `{{block}}` leaves in its place.
    case call(name: String, argument: TemplatePipeline?, range: Range<Int>)
    case leave
    case next

    /// Whether this is nothing but white space.
    func isBlank(in text: TemplateText) -> Bool {
        guard case .text(let range) = self else { return false }
        return text.scalars[range].allSatisfy(\.isTemplateSpace)
    }
}

/// Commands of which each gets the value of the one before as its last argument.
struct TemplatePipeline {
    struct Variable {
        /// With its `$`.
        var name: String
        var range: Range<Int>
    }

    /// The variables that get the value; two only in `range`.
    var variables: [Variable] = []
    /// Whether the variables exist already: `=` instead of `:=`.
    var isAssignment = false
    var commands: [TemplateCommand] = []
    var range: Range<Int>
}

/// A function with its arguments, or a single value.
struct TemplateCommand {
    var operands: [TemplateOperand]

    var range: Range<Int> {
        guard let first = operands.first, let last = operands.last else { return 0..<0 }
        return first.range.lowerBound..<max(first.range.upperBound, last.range.upperBound)
    }
}

/// A value in a command, as it is written.
struct TemplateOperand {
    indirect enum Kind {
        case dot
        case null
        case bool(Bool)
        case number(TemplateLiteral.Number)
        case text(String)
        /// `.a.b`
        case field([String])
        /// `$x.a.b`
        case variable(String, [String])
        case function(String)
        /// `(…)`
        case pipeline(TemplatePipeline)
        /// `(…).a.b`, `f.a`
        case chain(TemplateOperand, [String])
    }

    var kind: Kind
    var range: Range<Int>
}

/// A template that can be run, with those that it defines.
struct TemplateTree {
    var text: TemplateText
    var root: [TemplateNode]
    var definitions: [String: [TemplateNode]]
}
