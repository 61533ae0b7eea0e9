/// A word of a template.
struct TemplateToken {
    enum Kind: Hashable {
        /// What stands between the actions, trim markers applied.
        case text
        /// `{{` or `{{- `.
        case open
        /// `}}` or ` -}}`.
        case close
        case space
        /// `.name`
        case field
        case name
        /// `$` or `$name`.
        case variable
        case dot
        case keyword(Keyword)
        case bool
        case number
        case character
        case string
        case rawString
        /// `:=`
        case declare
        /// `=`
        case assign
        case pipe
        case leftParen
        case rightParen
        /// Any other printable character, such as a comma.
        case sign
        case end
        /// The text cannot be read any further.
        case broken(TemplateFault)
    }

    enum Keyword: String, Hashable {
        case block, `break`, `continue`, define, `else`, end, `if`, null = "nil", range, template, with
    }

    var kind: Kind
    var range: Range<Int>
}
