/// What a mapping may hold, as data; `SchemaWalker` holds a tree against it.
struct ObjectSchema: Sendable {
    /// Keys that were written in the wrong mapping and are put where they belong.
    enum Relocation: Sendable {
        /// Keys of a child mapping that belong beside it.
        case lift(keys: [String], from: String)
        /// Keys that belong into a child mapping.
        case lower(keys: [String], into: String)
    }

    /// A key that cannot be meant here.
    struct Misplaced: Sendable {
        var keys: [String]
        var help: String
        /// A warning drops the key; an error does not let the manifest pass.
        var isError = true
    }

    /// A rule about several keys.
    enum Rule: Sendable {
        case exactlyOne([String])
        case atLeastOne([String])
        /// Where the key has one of the words, the other key must have one of the other words.
        case words(of: String, among: [String], require: String, oneOf: [String])
    }

    /// What a scalar, or a list, in place of the mapping stands for.
    struct Shorthand: Sendable {
        /// The key whose value it is.
        var key: String
        var notice: Spelling.Notice
    }

    let fields: [Field]
    let relocations: [Relocation]
    let misplaced: [Misplaced]
    let rules: [Rule]
    let shorthand: Shorthand?
    /// Whether keys that are not described are kept as they are.
    let isOpen: Bool

    private let exact: [String: Match]
    private let folded: [String: Match]

    /// A field that a key means, and what to say about the spelling.
    struct Match: Sendable {
        var field: Field
        var notice: Spelling.Notice
    }

    init(
        _ fields: [Field],
        relocations: [Relocation] = [],
        misplaced: [Misplaced] = [],
        rules: [Rule] = [],
        shorthand: Shorthand? = nil,
        isOpen: Bool = false
    ) {
        self.fields = fields
        self.relocations = relocations
        self.misplaced = misplaced
        self.rules = rules
        self.shorthand = shorthand
        self.isOpen = isOpen
        var exact: [String: Match] = [:]
        var folded: [String: Match] = [:]
        for field in fields {
            exact[field.name] = Match(field: field, notice: .silent)
            folded[field.name.lowercased()] = Match(field: field, notice: .spelling)
            for other in field.otherSpellings {
                exact[other.name] = Match(field: field, notice: other.notice)
                folded[other.name.lowercased()] = Match(field: field, notice: other.notice.atLeastSpelling)
            }
        }
        self.exact = exact
        self.folded = folded
    }

    /// The field that a key means, in any accepted spelling and case.
    func match(_ key: String) -> Match? { exact[key] ?? folded[key.lowercased()] }

    /// Why a key cannot stand here, or nil.
    func misplaced(_ key: String) -> Misplaced? { misplaced.first { $0.keys.contains(key) } }
}

/// One key of a mapping.
struct Field: Sendable {
    enum Presence: Sendable {
        case required, optional
        /// Absence is a warning that says what is taken instead.
        case recommended(String)
    }

    let name: String
    let type: FieldType
    let presence: Presence
    let otherSpellings: [Spelling]

    init(_ name: String, _ type: FieldType, _ presence: Presence = .optional, also otherSpellings: [Spelling] = []) {
        self.name = name
        self.type = type
        self.presence = presence
        self.otherSpellings = otherSpellings
    }
}

/// Another key that is taken for a field.
struct Spelling: Sendable {
    enum Notice: Sendable {
        /// As good as the name itself.
        case silent
        /// A variant or a slip: a warning names the right one.
        case spelling
        /// An older form: a warning names the new one.
        case deprecated

        var atLeastSpelling: Notice { self == .silent ? .spelling : self }
    }

    let name: String
    let notice: Notice

    static func same(_ name: String) -> Spelling { Spelling(name: name, notice: .silent) }
    static func slip(_ name: String) -> Spelling { Spelling(name: name, notice: .spelling) }
    static func old(_ name: String) -> Spelling { Spelling(name: name, notice: .deprecated) }
}
