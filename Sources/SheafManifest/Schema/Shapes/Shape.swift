internal import SheafModel

/// One schema of the manifest language, with what it refers to taken in; others are named by their index.
final class Shape: Sendable {
    /// What a list's element may also be when it stands alone.
    enum Single: Sendable { case refused, accepted, noted, warned }

    /// How to speak of a spelling.
    enum Notice: Sendable { case same, note, slip, old }

    /// What is special about a value.
    enum Role: Sendable { case none, manifest, stackSpec }

    struct Elements: Sendable {
        var items: Int32
        var minItems: Int
        var single: Single
        var warnsWhenEmpty: Bool
    }

    /// What a scalar, or a list, in place of a mapping stands for.
    struct Shorthand: Sendable {
        var key: String
        var notice: Notice
    }

    /// Exactly one, or at least one, of some keys.
    struct Group: Sendable {
        var slots: [Int]
        var isExclusive: Bool
    }

    /// What a shape says in words, and how much it matters.
    struct Words: Sendable {
        var severity: Diagnostic.Severity?
        var message: String?
        var help: String?
        /// To be said wherever the value is there.
        var note: String?
        var warning: String?
        var isDeprecated = false
        var instead: String?
    }

    /// The schema itself, then what it refers to: what stands first counts.
    let places: [SchemaPlace]
    let types: SchemaTypes
    /// Whether the value is kept as a text.
    let isText: Bool
    let choice: Choice?
    let numbers: NumberRules?
    /// Whole numbers that are good beyond all doubt, where the shape takes whole numbers.
    let plainRange: ClosedRange<Int>?
    let minLength: Int
    let pattern: ECMAPattern?
    let format: ScalarForm?
    let object: ShapeObject?
    let elements: Elements?
    let groups: [Group]
    let logic: LogicRules?
    let words: Words
    let role: Role
    let takesListOfOne: Bool
    let notesListOfOne: Bool
    let shorthand: Shorthand?
    let comparesRequests: Bool
    let references: [String]
    let isSecret: Bool
    /// Whether nothing is to be said of a value just because it is there.
    let isSilent: Bool
    /// Whether nothing needs to be checked, whatever the value is.
    let isFree: Bool
    /// Whether any scalar will do.
    let takesAnyScalar: Bool

    init(_ parts: ShapeParts) {
        places = parts.places
        types = parts.types
        isText = parts.isText
        choice = parts.choice
        numbers = parts.numbers
        let least = parts.numbers.map { $0.exclusiveMinimum == nil ? $0.minimum?.integer ?? 0 : .max } ?? 0
        let most = parts.numbers.map { $0.exclusiveMaximum == nil ? $0.maximum?.integer ?? .max : .min } ?? .max
        plainRange = parts.types.contains(.integer) && least <= most ? least...most : nil
        minLength = parts.minLength
        pattern = parts.pattern
        format = parts.format
        object = parts.object
        elements = parts.elements
        groups = parts.groups
        logic = parts.logic
        words = parts.words
        role = parts.role
        takesListOfOne = parts.takesListOfOne
        notesListOfOne = parts.notesListOfOne
        shorthand = parts.shorthand
        comparesRequests = parts.comparesRequests
        references = parts.references
        isSecret = parts.isSecret
        isSilent = parts.words.note == nil && parts.words.warning == nil && !parts.words.isDeprecated
        let hasValueRules =
            parts.choice != nil || parts.numbers != nil || parts.minLength > 0 || parts.pattern != nil
            || parts.format != nil || parts.logic != nil
        isFree =
            isSilent && !hasValueRules && parts.types == .all && parts.object == nil && parts.elements == nil
            && parts.groups.isEmpty && parts.role == .none
        takesAnyScalar = isSilent && !hasValueRules && parts.types.contains(.text)
    }
}

/// What a shape is made of.
struct ShapeParts {
    var places: [SchemaPlace] = []
    var types = SchemaTypes.all
    var isText = false
    var choice: Choice?
    var numbers: NumberRules?
    var minLength = 0
    var pattern: ECMAPattern?
    var format: ScalarForm?
    var object: ShapeObject?
    var elements: Shape.Elements?
    var groups: [Shape.Group] = []
    var logic: LogicRules?
    var words = Shape.Words()
    var role = Shape.Role.none
    var takesListOfOne = false
    var notesListOfOne = false
    var shorthand: Shape.Shorthand?
    var comparesRequests = false
    var references: [String] = []
    var isSecret = false
}

/// The words that a text may be.
struct Choice: Sendable {
    var words: [String]
    var bytes: [[UInt8]]
    /// In small letters.
    private var lowered: [[UInt8]]
    var ignoresCase: Bool
    var synonyms: [String: String]
    var synonymNotice: Shape.Notice

    init(_ words: [String], ignoresCase: Bool, synonyms: [String: String], synonymNotice: Shape.Notice) {
        self.words = words
        bytes = words.map { Array($0.utf8) }
        lowered = words.map { Array($0.lowercased().utf8) }
        self.ignoresCase = ignoresCase
        self.synonyms = synonyms
        self.synonymNotice = synonymNotice
    }

    enum Match {
        case word(Int)
        case synonym(String)
    }

    /// The word that a text means.
    func match(_ text: UnsafeBufferPointer<UInt8>) -> Match? {
        for index in bytes.indices where text.elementsEqual(bytes[index]) { return .word(index) }
        guard ignoresCase || !synonyms.isEmpty else { return nil }
        if ignoresCase {
            for index in lowered.indices where Self.equal(text, lowered[index]) { return .word(index) }
        }
        if synonyms.isEmpty { return nil }
        return synonyms[String(decoding: text, as: UTF8.self).lowercased()].map(Match.synonym)
    }

    /// Whether a text is the other one, which is in small letters of ASCII, in any case.
    private static func equal(_ text: UnsafeBufferPointer<UInt8>, _ lowered: [UInt8]) -> Bool {
        guard text.count == lowered.count else { return false }
        for index in 0..<text.count {
            let byte = text[index]
            if ((65...90).contains(byte) ? byte | 0x20 : byte) != lowered[index] { return false }
        }
        return true
    }
}

/// The forms of scalars that the manifest language knows beside those of JSON Schema.
enum ScalarForm: Sendable {
    case name(NameRule)
    case secretKey, cron, timeZone, duration, timestamp, stack, address, file, javaMemory
    case quantity(Quantity.Measure)

    init?(_ name: String) {
        switch name {
        case "resource-name": self = .name(.common)
        case "runnable-name": self = .name(.runnable)
        case "job-name": self = .name(.job)
        case "address-name": self = .name(.address)
        case "lenient-name": self = .name(.lenient)
        case "workspace-name": self = .name(.workspace)
        case "secret-key": self = .secretKey
        case "cron": self = .cron
        case "time-zone": self = .timeZone
        case "duration": self = .duration
        case "timestamp": self = .timestamp
        case "stack": self = .stack
        case "dataos-address": self = .address
        case "file": self = .file
        case "jvm-memory": self = .javaMemory
        case "quantity-cpu": self = .quantity(.cpu)
        case "quantity-memory": self = .quantity(.memory)
        case "quantity-size": self = .quantity(.size)
        default: return nil
        }
    }
}
