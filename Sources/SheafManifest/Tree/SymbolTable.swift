/// Numbers for the keys of a tree, so that looking for a key compares numbers and not texts.
///
/// A hash table with open addressing over the bytes of the texts: building a dictionary of strings took longer than
/// parsing the file.
struct SymbolTable: Sendable {
    private struct Text: Sendable {
        var isDecoded: Bool
        var start: UInt32
        var count: UInt32
        var hash: UInt32
    }

    private var texts: [Text] = []
    /// Symbol numbers plus one, 0 for a free place; the count is a power of two.
    private var places = [Int32](repeating: 0, count: 256)

    var count: Int { texts.count }

    /// The symbol of a key's text, a new one for a new text.
    mutating func intern(
        _ node: YAMLTree.Node,
        _ bytes: borrowing [UInt8],
        _ decoded: borrowing [UInt8]
    ) -> YAMLTree.Symbol {
        let start = Int(node.textStart)
        let length = Int(node.count)
        let text = Text(isDecoded: node.isDecoded, start: node.textStart, count: node.count, hash: 0)
        let hash =
            node.isDecoded
            ? decoded.withUnsafeBufferPointer { Self.hash($0, start, length) }
            : bytes.withUnsafeBufferPointer { Self.hash($0, start, length) }
        var place = Int(hash) & (places.count - 1)
        while places[place] != 0 {
            let number = places[place] - 1
            if texts[Int(number)].hash == hash, Self.equal(texts[Int(number)], text, bytes, decoded) {
                return YAMLTree.Symbol(number: number)
            }
            place = (place + 1) & (places.count - 1)
        }
        var new = text
        new.hash = hash
        texts.append(new)
        places[place] = Int32(texts.count)
        if texts.count * 2 > places.count { grow() }
        return YAMLTree.Symbol(number: Int32(texts.count - 1))
    }

    /// The symbol of a text; nil when no key has it.
    func find(_ key: String, in tree: YAMLTree) -> YAMLTree.Symbol? {
        var key = key
        return key.withUTF8 { wanted in
            let hash = Self.hash(wanted, 0, wanted.count)
            var place = Int(hash) & (places.count - 1)
            while places[place] != 0 {
                let number = places[place] - 1
                let text = texts[Int(number)]
                if text.hash == hash, Self.withBytes(of: text, tree, { $0.elementsEqual(wanted) }) {
                    return YAMLTree.Symbol(number: number)
                }
                place = (place + 1) & (places.count - 1)
            }
            return nil
        }
    }

    func name(_ symbol: YAMLTree.Symbol, in tree: YAMLTree) -> String {
        guard texts.indices.contains(Int(symbol.number)) else { return "" }
        return Self.withBytes(of: texts[Int(symbol.number)], tree) { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func grow() {
        places = [Int32](repeating: 0, count: places.count * 4)
        for (number, text) in texts.enumerated() {
            var place = Int(text.hash) & (places.count - 1)
            while places[place] != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(number + 1)
        }
    }

    private static func withBytes<R>(
        of text: Text,
        _ tree: YAMLTree,
        _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        let range = Int(text.start)..<Int(text.start) + Int(text.count)
        return (text.isDecoded ? tree.decoded : tree.source.bytes).withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[range]))
        }
    }

    private static func equal(
        _ left: Text,
        _ right: Text,
        _ bytes: borrowing [UInt8],
        _ decoded: borrowing [UInt8]
    ) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<Int(left.count) {
            let one = left.isDecoded ? decoded[Int(left.start) + offset] : bytes[Int(left.start) + offset]
            let other = right.isDecoded ? decoded[Int(right.start) + offset] : bytes[Int(right.start) + offset]
            if one != other { return false }
        }
        return true
    }

    /// FNV-1a, 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for index in start..<start + count { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
        return hash
    }
}
