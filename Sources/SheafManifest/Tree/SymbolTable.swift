/// Numbers for the keys of a tree, so that looking for a key compares numbers and not texts.
///
/// A hash table with open addressing over bytes of its own: building a dictionary of strings took longer than
/// parsing the file.
struct SymbolTable: Sendable {
    private struct Text: Sendable {
        var start: UInt32
        var count: UInt32
        var hash: UInt32
    }

    private var texts: [Text] = []
    /// Symbol numbers plus one, 0 for a free place; the count is a power of two.
    private var places = [Int32](repeating: 0, count: 256)

    var count: Int { texts.count }

    /// The bytes that the texts lie in; they grow while symbols are made.
    private var stored: [UInt8] = []

    /// The number of the symbol of a key's text, a new one for a new text.
    mutating func intern(_ key: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(key)
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] != 0 {
            let number = places[place] - 1
            if isEqual(texts[Int(number)], hash, key) { return number }
            place = (place + 1) & (places.count - 1)
        }
        texts.append(Text(start: UInt32(stored.count), count: UInt32(key.count), hash: hash))
        stored.append(contentsOf: key)
        places[place] = Int32(texts.count)
        if texts.count * 2 > places.count { grow() }
        return Int32(texts.count - 1)
    }

    /// The symbol of a text; nil when no key has it.
    func find(_ key: String) -> YAMLTree.Symbol? {
        var key = key
        return key.withUTF8 { wanted in
            let hash = Self.hash(wanted)
            var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
            while places[place] != 0 {
                let number = places[place] - 1
                if isEqual(texts[Int(number)], hash, wanted) { return YAMLTree.Symbol(number: number) }
                place = (place + 1) & (places.count - 1)
            }
            return nil
        }
    }

    func name(_ symbol: YAMLTree.Symbol) -> String {
        guard texts.indices.contains(Int(symbol.number)) else { return "" }
        let text = texts[Int(symbol.number)]
        return String(decoding: stored[Int(text.start)..<Int(text.start + text.count)], as: UTF8.self)
    }

    private mutating func grow() {
        places = [Int32](repeating: 0, count: places.count * 4)
        for (number, text) in texts.enumerated() {
            var place = Int(truncatingIfNeeded: text.hash) & (places.count - 1)
            while places[place] != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(number + 1)
        }
    }

    private func isEqual(_ text: Text, _ hash: UInt32, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.hash == hash, Int(text.count) == key.count else { return false }
        return stored.withUnsafeBufferPointer { stored in
            let start = Int(text.start)
            for index in 0..<key.count where stored[start + index] != key[index] { return false }
            return true
        }
    }

    /// Different in each process, so that nobody can choose keys that fall into one place.
    private static let seed = UInt64.random(in: 0...UInt64.max) | 1

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = seed
        var index = 0
        while index < bytes.count {
            var word: UInt64 = 0
            let end = min(index + 8, bytes.count)
            while index < end {
                word = word << 8 | UInt64(bytes[index])
                index += 1
            }
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ seed)
            hash = product.high ^ product.low ^ UInt64(end)
        }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
