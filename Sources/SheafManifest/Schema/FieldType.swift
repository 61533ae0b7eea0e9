/// What a value may be.
indirect enum FieldType: Sendable {
    /// What a list's element may also be when it stands alone.
    enum Single: Sendable { case refused, accepted, warned }

    /// Any scalar; the normal form is its text as written.
    case text
    /// As `text`, and not empty.
    case someText
    /// Anything at all, kept as it is.
    case free
    /// A mapping or a list of any content.
    case structure
    /// `true` or `false`; quoted ones are converted with a warning.
    case boolean
    case integer(ClosedRange<Int64>)
    /// One of the words in any case; synonyms are replaced, with a warning where the flag says so.
    case choice([String], synonyms: [String: String] = [:], warns: Bool = false)
    case quantity(Quantity.Measure)
    case name(NameRule)
    case cron
    case timezone
    case timestamp
    case duration
    /// `name[+flavor][:version]`.
    case stack
    /// A mapping whose values are scalars; the normal form has their texts.
    case textMap
    case object(ObjectSchema)
    /// A mapping, or a list with exactly one.
    case objectOrSingleton(ObjectSchema)
    case list(FieldType, single: Single)

    static func list(_ type: FieldType) -> FieldType { .list(type, single: .refused) }
    static let texts = FieldType.list(.text, single: .accepted)
}
