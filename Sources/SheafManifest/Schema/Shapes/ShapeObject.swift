internal import SheafModel

/// What a shape says about the keys of a mapping.
final class ShapeObject: Sendable {
    /// Keys that cannot be meant here.
    struct Misplaced: Sendable {
        var keys: [String]
        var severity: Diagnostic.Severity
        var help: String
    }

    /// Something to say where a key is missing.
    struct Advice: Sendable {
        var slot: Int
        var text: String
        /// Whether it is a note and not a warning.
        var isSuggestion: Bool
        /// Keys of which one is as good.
        var unless: [Int]
    }

    /// A key by its canonical slot, with what to say of its spelling.
    struct Match: Sendable {
        var slot: Int
        var notice: Shape.Notice
    }

    /// The keys by slot: the properties in their order, then other spellings, then keys that are only mentioned.
    let names: [String]
    /// The number of properties; their slots come first.
    let propertyCount: Int
    let rules: ObjectRules
    /// For each slot the one that its key stands for.
    private let canonical: [Int16]
    private let notices: [Shape.Notice]
    private let folded: [String: Match]
    let advice: [Advice]
    let advised: KeySet
    let misplaced: [Misplaced]
    /// Keys that are put into a child, by name, with the child's slot.
    let lowered: [String: Int]
    /// For the slot of a child, the keys of it that are put beside it, by name, with the slot here.
    let lifted: [Int: [String: Int]]
    let isClosed: Bool
    /// Whether an empty value is an empty text.
    let takesEmptyValues: Bool

    init(
        names: [String],
        propertyCount: Int,
        rules: ObjectRules,
        aliases: [Int: Match],
        advice: [Advice] = [],
        misplaced: [Misplaced] = [],
        lowered: [String: Int] = [:],
        lifted: [Int: [String: Int]] = [:],
        isClosed: Bool = false,
        takesEmptyValues: Bool = false
    ) {
        self.names = names
        self.propertyCount = propertyCount
        self.rules = rules
        canonical = names.indices.map { Int16(aliases[$0]?.slot ?? $0) }
        notices = names.indices.map { aliases[$0]?.notice ?? .same }
        var folded: [String: Match] = [:]
        for (slot, name) in names.enumerated() {
            let key = Self.fold(name)
            let notice = aliases[slot].map { $0.notice == .old ? Shape.Notice.old : .slip } ?? .slip
            if folded[key] == nil { folded[key] = Match(slot: aliases[slot]?.slot ?? slot, notice: notice) }
        }
        self.folded = folded
        self.advice = advice
        var advised = KeySet()
        for piece in advice { advised.insert(piece.slot) }
        self.advised = advised
        self.misplaced = misplaced
        self.lowered = lowered
        self.lifted = lifted
        self.isClosed = isClosed
        self.takesEmptyValues = takesEmptyValues
    }

    /// The canonical slot of a key by its number, -1 for none.
    @inline(__always) func slot(_ key: Int32) -> Int {
        let slot = rules.slot(key)
        return slot < 0 ? -1 : Int(canonical[slot])
    }

    /// What to say of a key's spelling, by its number.
    @inline(__always) func notice(_ key: Int32) -> Shape.Notice {
        let slot = rules.slot(key)
        return slot < 0 ? .same : notices[slot]
    }

    /// The property that a key means by everything but case, `_` and `-`.
    func nearMatch(_ name: String) -> Match? { folded[Self.fold(name)] }

    /// The property with exactly that name or other spelling.
    func exactMatch(_ name: String) -> Match? {
        guard let slot = names.firstIndex(of: name) else { return nil }
        return Match(slot: Int(canonical[slot]), notice: notices[slot])
    }

    /// The slot of a property, -1 for none.
    func slot(named name: String) -> Int { names.firstIndex(of: name) ?? -1 }

    /// The names of the properties, without other spellings.
    var properties: ArraySlice<String> { names.prefix(propertyCount) }

    /// Why a key cannot stand here, or nil.
    func misplaced(_ name: String) -> Misplaced? { misplaced.first { $0.keys.contains(name) } }

    private static func fold(_ name: String) -> String {
        let letters = name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
        return String(decoding: letters, as: UTF8.self)
    }
}
