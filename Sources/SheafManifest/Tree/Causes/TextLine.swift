/// What one line of a manifest seems to be, read by itself and tolerantly: the text as a whole is no valid YAML.
struct TextLine: Sendable {
    enum Role: Sendable {
        case blank, comment
        /// A key, an item of a list, or other text.
        case content
        /// A line of a block scalar, or one inside of quotes or brackets that began above.
        case inside
    }

    var role: Role
    /// The bytes without the line end.
    var range: Range<Int>
    /// The first byte that is neither a space nor a tab.
    var content: Int
    /// The first tab of the indentation.
    var tab: Int?
    /// The dashes of list items at the beginning.
    var dashes: [Int] = []
    var key: Range<Int>?
    var colon: Int?
    /// What stands after the key or the dashes, without the comment; empty where there is nothing.
    var value: Range<Int>
    var comment: Int?
    /// Where a quote opens that is not closed where it should be.
    var openQuote: Int?
    /// Where a bracket opens that is not closed where it should be.
    var openBracket: Int?
    /// Whether the value begins a block scalar.
    var opensBlock = false
    /// Whether the value goes on below, in quotes or brackets.
    var goesOn = false

    /// The column of an offset, from 0.
    func column(_ offset: Int) -> Int { offset - range.lowerBound }

    /// The column of the first character, from 0.
    var indent: Int { column(content) }

    /// The column of the key; of the text behind the dashes where there is no key.
    var keyColumn: Int { column(key?.lowerBound ?? value.lowerBound) }

    var hasKey: Bool { key != nil }
    var isItem: Bool { !dashes.isEmpty }
    /// Whether this is content that is neither a key nor an item.
    var isBare: Bool { role == .content && key == nil && dashes.isEmpty }
    /// Whether there is a value on the line; the mark of a block scalar is one.
    var hasValue: Bool { !value.isEmpty }
}
