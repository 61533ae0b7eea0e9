/// The keys that a schema mentions, numbered.
struct KeyTable: Sendable {
    let names: [String]
    private let numbers: [[UInt8]: Int32]

    init(_ names: [String]) {
        self.names = names
        numbers = Dictionary(
            names.enumerated().map { (Array($1.utf8), Int32($0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The number of a key, -1 for one that is not mentioned.
    func number(of name: [UInt8]) -> Int32 { numbers[name] ?? -1 }
}

/// The keys of a tree as numbers of a schema, found out when they are first met.
struct SchemaKeys: Sendable {
    private var numbers: [Int32]

    init(_ tree: YAMLTree) { numbers = [Int32](repeating: -2, count: tree.symbolCount) }

    /// The schema's number for a symbol, -1 for a key that the schema does not mention.
    @inline(__always)
    mutating func number(_ symbol: Int32, _ tree: YAMLTree, _ table: KeyTable) -> Int32 {
        guard symbol >= 0, Int(symbol) < numbers.count else { return -1 }
        let known = numbers[Int(symbol)]
        return known == -2 ? find(symbol, tree, table) : known
    }

    private mutating func find(_ symbol: Int32, _ tree: YAMLTree, _ table: KeyTable) -> Int32 {
        let number = table.number(of: Array(tree.name(YAMLTree.Symbol(number: symbol)).utf8))
        numbers[Int(symbol)] = number
        return number
    }
}
