/// What is wrong in a template, with the place.
package struct TemplateFault: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The text is no template.
        case syntax
        /// A function that neither the language, nor sprig, nor the platform has.
        case unknownFunction
        /// A function of sprig that cannot be run here.
        case unsupported
        /// The data is not as the template needs it.
        case value
        /// The template takes too long, writes too much or goes too deep.
        case limit
    }

    package var kind: Kind
    package var message: String
    /// Offsets in the template's text.
    package var range: Range<Int>
    package var help: String?

    init(_ kind: Kind, _ message: String, _ range: Range<Int>, help: String? = nil) {
        self.kind = kind
        self.message = message
        self.range = range
        self.help = help
    }
}

/// What is wrong in a call of a function; the caller adds the place.
struct TemplateProblem: Error {
    var message: String
    /// The argument that is to blame, from 0; nil for the call as a whole.
    var argument: Int?
    var kind = TemplateFault.Kind.value

    init(_ message: String, argument: Int? = nil, kind: TemplateFault.Kind = .value) {
        self.message = message
        self.argument = argument
        self.kind = kind
    }
}
