/// What a schema says about the keys of a mapping.
///
/// Each key that is mentioned has a slot; a table leads from the number of a key to its slot, so that a key of a
/// manifest is looked up without touching its text.
final class ObjectRules: Sendable {
    struct Pattern: Sendable {
        var pattern: ECMAPattern
        var child: Int32
    }

    struct Dependency: Sendable {
        var slot: Int
        var required: [Int]
        var child: Int32
    }

    /// The keys by slot, as numbers of the compiled schema.
    let keys: [Int32]
    /// What the value of each slot's key must be, -1 where only the key is mentioned.
    let children: [Int32]
    private let slots: [Int16]
    let required: [Int]
    let requiredSet: KeySet
    let patterns: [Pattern]
    let additional: Int32
    let names: Int32
    let minProperties: Int
    let maxProperties: Int
    let dependencies: [Dependency]

    init(
        properties: [(key: Int32, child: Int32)],
        required: [Int32] = [],
        patterns: [Pattern] = [],
        additional: Int32 = -1,
        names: Int32 = -1,
        minProperties: Int = 0,
        maxProperties: Int = .max,
        dependencies: [(key: Int32, required: [Int32], child: Int32)] = []
    ) {
        var keys: [Int32] = []
        var children: [Int32] = []
        var slotOfKey: [Int32: Int] = [:]
        func slot(_ key: Int32) -> Int {
            if let known = slotOfKey[key] { return known }
            slotOfKey[key] = keys.count
            keys.append(key)
            children.append(-1)
            return keys.count - 1
        }
        for property in properties { children[slot(property.key)] = property.child }
        self.required = required.map { slot($0) }
        self.dependencies = dependencies.map { dependency in
            Dependency(
                slot: slot(dependency.key),
                required: dependency.required.map { slot($0) },
                child: dependency.child
            )
        }
        var slots = [Int16](repeating: -1, count: Int(keys.max() ?? -1) + 1)
        for (slot, key) in keys.enumerated() { slots[Int(key)] = Int16(slot) }
        var requiredSet = KeySet()
        for slot in self.required { requiredSet.insert(slot) }
        self.keys = keys
        self.children = children
        self.slots = slots
        self.requiredSet = requiredSet
        self.patterns = patterns
        self.additional = additional
        self.names = names
        self.minProperties = minProperties
        self.maxProperties = maxProperties
    }

    /// The slot of a key, -1 for one that is not mentioned.
    @inline(__always) func slot(_ key: Int32) -> Int {
        key >= 0 && Int(key) < slots.count ? Int(slots[Int(key)]) : -1
    }
}

/// A set of slots; 128 of them without an allocation.
struct KeySet: Hashable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var rest: [UInt64] = []

    @inline(__always) mutating func insert(_ slot: Int) {
        if slot < 64 {
            low |= 1 << UInt64(slot)
        } else if slot < 128 {
            high |= 1 << UInt64(slot - 64)
        } else {
            insertFar(slot - 128)
        }
    }

    private mutating func insertFar(_ place: Int) {
        while rest.count <= place / 64 { rest.append(0) }
        rest[place / 64] |= 1 << UInt64(place % 64)
    }

    @inline(__always) func contains(_ slot: Int) -> Bool {
        if slot < 64 { return low & (1 << UInt64(slot)) != 0 }
        if slot < 128 { return high & (1 << UInt64(slot - 64)) != 0 }
        let place = slot - 128
        return place / 64 < rest.count && rest[place / 64] & (1 << UInt64(place % 64)) != 0
    }

    @inline(__always) func isSuperset(of other: KeySet) -> Bool {
        guard low & other.low == other.low, high & other.high == other.high else { return false }
        if other.rest.isEmpty { return true }
        return other.rest.indices.allSatisfy { index in
            let own = index < rest.count ? rest[index] : 0
            return own & other.rest[index] == other.rest[index]
        }
    }

    var isEmpty: Bool { low == 0 && high == 0 && rest.allSatisfy { $0 == 0 } }
}
