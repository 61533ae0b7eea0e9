/// Makes broken manifests of good ones; equal seeds give equal texts.
struct TreeFuzzer {
    private static let tokens: [String] = [
        "\t", "  ", "- ", ": ", ":", "#", " # x", "{{x}}", "${{", "}}", "{", "}", "[", "]", ",", "*", "*a", "&a ", "!",
        "!!str ", "|", ">", "|2-", "'", "\"", "\\", "%", "@", "`", "? ", "---\n", "...\n", "%TAG ! x\n", "<<: ", "\r",
        "\n", "\r\n", "\u{0}", "\u{1}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "ü", "😀", "**x**",
        "```\n", "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "yaml\n", "name:x", "a: b: c", "~", "null", "- - - ", "x",
    ]

    private var state: UInt64
    private let seeds: [[UInt8]]

    init(seed: UInt64, seeds: [[UInt8]]) {
        state = seed
        self.seeds = seeds
    }

    /// The next text.
    mutating func next() -> [UInt8] {
        guard !seeds.isEmpty else { return [] }
        var text = seeds[below(seeds.count)]
        for _ in 0...below(6) { mutate(&text) }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        let at = below(text.count + 1)
        let end = min(text.count, at + below(40))
        switch below(12) {
        case 0, 1: text.insert(contentsOf: Self.tokens[below(Self.tokens.count)].utf8, at: at)
        case 2: text.removeSubrange(at..<end)
        case 3: if at < text.count { text[at] = UInt8(truncatingIfNeeded: random()) }
        case 4: text.insert(contentsOf: text[at..<end], at: below(text.count + 1))
        case 5: text.removeSubrange(at..<text.count)
        case 6: splice(&text, at)
        case 7: text.insert(contentsOf: [UInt8](repeating: 0x20, count: below(9)), at: lineStart(text, at))
        case 8: unindent(&text, lineStart(text, at))
        case 9: text.insert(UInt8(ascii: "\t"), at: lineStart(text, at))
        case 10: moveLine(&text, lineStart(text, at))
        default:
            let token = Self.tokens[below(Self.tokens.count)]
            text.insert(contentsOf: String(repeating: token, count: below(1_500)).utf8, at: at)
        }
    }

    private mutating func splice(_ text: inout [UInt8], _ at: Int) {
        let other = seeds[below(seeds.count)]
        let from = below(other.count + 1)
        text.replaceSubrange(at..<text.count, with: other[from...])
    }

    private mutating func unindent(_ text: inout [UInt8], _ start: Int) {
        let room = text[start...].prefix { $0 == 0x20 }.count
        text.removeSubrange(start..<start + below(room + 1))
    }

    private mutating func moveLine(_ text: inout [UInt8], _ start: Int) {
        let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
        let line = Array(text[start..<end])
        text.removeSubrange(start..<end)
        text.insert(contentsOf: line, at: lineStart(text, below(text.count + 1)))
    }

    private func lineStart(_ text: [UInt8], _ offset: Int) -> Int {
        text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }

    private mutating func below(_ limit: Int) -> Int { Int(random() % UInt64(max(1, limit))) }

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
