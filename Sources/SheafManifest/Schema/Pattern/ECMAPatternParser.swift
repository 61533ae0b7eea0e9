/// Turns the text of a pattern into instructions.
struct ECMAPatternParser {
    private static let sizeLimit = 50_000
    private static let depthLimit = 200

    typealias Instruction = ECMAPattern.Instruction
    typealias Problem = ECMAPattern.Problem

    private let text: [UInt32]
    private var index = 0
    private var depth = 0
    private var groups = 1
    private var names: [String: Int] = [:]
    /// Registers for positions in loops, behind those of the groups.
    private var loops = 0
    private let groupCount: Int

    /// The number of registers that the instructions use.
    var registers: Int { groupCount * 2 + loops }

    init(_ pattern: String) {
        text = pattern.unicodeScalars.map(\.value)
        let opening = UInt32(UInt8(ascii: "("))
        groupCount = 1 + text.count { $0 == opening }
        names = Self.names(pattern)
    }

    /// Named groups may be referred to before they are defined.
    private static func names(_ pattern: String) -> [String: Int] {
        var names: [String: Int] = [:]
        var number = 0
        var rest = Substring(pattern)
        while let first = rest.first {
            if first == "\\" {
                rest = rest.dropFirst(2)
                continue
            }
            rest = rest.dropFirst()
            guard first == "(" else { continue }
            if !rest.hasPrefix("?") { number += 1 }
            if rest.hasPrefix("?<"), !rest.hasPrefix("?<="), !rest.hasPrefix("?<!") {
                number += 1
                names[String(rest.dropFirst(2).prefix { $0 != ">" })] = number
            }
        }
        return names
    }

    mutating func parse() throws(Problem) -> [Instruction] {
        let body = try alternatives()
        guard index == text.count else { throw Problem(message: "')' without '('") }
        return body + [.accept]
    }

    // MARK: Structure

    /// Instructions whose places count from 0; `shifted` moves them.
    private mutating func alternatives() throws(Problem) -> [Instruction] {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw Problem(message: "too many levels of groups") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        guard var result = branches.popLast() else { return [] }
        while let branch = branches.popLast() {
            let second = branch.count + 2
            result =
                [.split(1, second)] + Self.shifted(branch, by: 1) + [.jump(second + result.count)]
                + Self.shifted(result, by: second)
        }
        return result
    }

    private mutating func sequence() throws(Problem) -> [Instruction] {
        var result: [Instruction] = []
        while let next = peek, next != "|", next != ")" {
            let term = try quantified()
            result += Self.shifted(term, by: result.count)
            guard result.count < Self.sizeLimit else { throw Problem(message: "the pattern is too large") }
        }
        return result
    }

    private mutating func quantified() throws(Problem) -> [Instruction] {
        let start = index
        let atom = try atom()
        let isAssertion = start < text.count && [0x5E, 0x24].contains(text[start])
        guard let (low, high) = try quantifier() else { return atom }
        if isAssertion { throw Problem(message: "nothing to repeat") }
        let isLazy = take("?")
        guard atom.count * max(low, high ?? 1) < Self.sizeLimit else {
            throw Problem(message: "the pattern is too large")
        }
        var result: [Instruction] = []
        for _ in 0..<low { result += Self.shifted(atom, by: result.count) }
        if let high {
            let optional = high - low
            let end = result.count + optional * (atom.count + 1)
            for _ in 0..<optional {
                let here = result.count
                result.append(isLazy ? .split(end, here + 1) : .split(here + 1, end))
                result += Self.shifted(atom, by: here + 1)
            }
        } else {
            let here = result.count
            let register = groupCount * 2 + loops
            loops += 1
            let end = here + atom.count + 4
            result.append(isLazy ? .split(end, here + 1) : .split(here + 1, end))
            result.append(.save(register))
            result += Self.shifted(atom, by: here + 2)
            result += [.progress(register), .jump(here)]
        }
        return result
    }

    private mutating func quantifier() throws(Problem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let low = number() else { throw Problem(message: "'{' without a number") }
        var high: Int? = low
        if take(",") { high = number() }
        guard take("}") else { throw Problem(message: "'{' without '}'") }
        if let high, high < low { throw Problem(message: "numbers out of order in '{}'") }
        return (low, high)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while index < text.count, (48...57).contains(text[index]) {
            value = min((value ?? 0) * 10 + Int(text[index] - 48), 1_000_000)
            index += 1
        }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws(Problem) -> [Instruction] {
        guard let character = peek else { return [] }
        index += 1
        switch character {
        case ".": return [.any]
        case "^": return [.start]
        case "$": return [.end]
        case "(": return try group()
        case "[": return [.set(try brackets())]
        case "\\": return [try escape()]
        case "*", "+", "?": throw Problem(message: "nothing to repeat")
        case "{", "}", "]": throw Problem(message: "'\(character)' stands alone")
        default: return [.scalar(character.value)]
        }
    }

    private mutating func group() throws(Problem) -> [Instruction] {
        if take("?") {
            if take(":") { return try closed() }
            if take("=") { return try look(isBehind: false, isNegative: false) }
            if take("!") { return try look(isBehind: false, isNegative: true) }
            guard take("<") else { throw Problem(message: "'(?' is followed by no known sign") }
            if take("=") { return try look(isBehind: true, isNegative: false) }
            if take("!") { return try look(isBehind: true, isNegative: true) }
            while let next = peek, next != ">" { index += 1 }
            guard take(">") else { throw Problem(message: "the name of a group has no end") }
        }
        let number = groups
        groups += 1
        let body = try closed()
        return [.save(number * 2)] + Self.shifted(body, by: 1) + [.save(number * 2 + 1)]
    }

    private mutating func look(isBehind: Bool, isNegative: Bool) throws(Problem) -> [Instruction] {
        let body = try closed()
        return [.look(isBehind: isBehind, isNegative: isNegative, next: body.count + 2)]
            + Self.shifted(body, by: 1) + [.accept]
    }

    private mutating func closed() throws(Problem) -> [Instruction] {
        let body = try alternatives()
        guard take(")") else { throw Problem(message: "'(' without ')'") }
        return body
    }

    private mutating func escape() throws(Problem) -> Instruction {
        guard let character = peek else { throw Problem(message: "'\\' at the end") }
        switch character {
        case "b", "B":
            index += 1
            return .boundary(isNegative: character == "B")
        case "1"..."9":
            guard let group = number(), group < groupCount else { throw Problem(message: "no such group") }
            return .reference(group)
        case "k":
            index += 1
            guard take("<") else { throw Problem(message: "'\\k' without a name") }
            let start = index
            while let next = peek, next != ">" { index += 1 }
            let name = String(String.UnicodeScalarView(text[start..<index].compactMap(Unicode.Scalar.init)))
            guard take(">"), let group = names[name] else { throw Problem(message: "no such group") }
            return .reference(group)
        default: break
        }
        if let part = try classEscape() { return .set(ScalarSet(parts: [part])) }
        return .scalar(try scalarEscape())
    }

    /// `\d` and its like behind the backslash; nil when it is something else.
    private mutating func classEscape() throws(Problem) -> ScalarSet.Part? {
        guard let character = peek else { return nil }
        let simple: [Unicode.Scalar: ScalarSet.Class] = ["d": .digit, "w": .word, "s": .space]
        let lowered = Unicode.Scalar(character.value | 0x20) ?? character
        if let members = simple[lowered] {
            index += 1
            return ScalarSet.Part(members: members, isNegative: character != lowered)
        }
        guard character == "p" || character == "P" else { return nil }
        index += 1
        guard take("{") else { throw Problem(message: "'\\p' without a name") }
        let start = index
        while let next = peek, next != "}" { index += 1 }
        let name = String(String.UnicodeScalarView(text[start..<index].compactMap(Unicode.Scalar.init)))
        guard take("}"), let members = ScalarSet.property(name) else {
            throw Problem(message: "'\(name)' is no known property of characters")
        }
        return ScalarSet.Part(members: members, isNegative: character == "P")
    }

    private mutating func scalarEscape() throws(Problem) -> UInt32 {
        guard let character = peek else { throw Problem(message: "'\\' at the end") }
        index += 1
        switch character {
        case "t": return 0x09
        case "n": return 0x0A
        case "v": return 0x0B
        case "f": return 0x0C
        case "r": return 0x0D
        case "0": return 0
        case "c":
            guard let letter = peek, (97...122).contains(letter.value | 0x20) else {
                throw Problem(message: "'\\c' without a letter")
            }
            index += 1
            return letter.value & 0x1F
        case "x": return try hexadecimal(2)
        case "u": return try unicodeEscape()
        case "a"..."z", "A"..."Z": throw Problem(message: "'\\\(character)' means nothing")
        default: return character.value
        }
    }

    private mutating func unicodeEscape() throws(Problem) -> UInt32 {
        if take("{") {
            let start = index
            while let next = peek, next != "}" { index += 1 }
            let digits = String(String.UnicodeScalarView(text[start..<index].compactMap(Unicode.Scalar.init)))
            guard take("}"), let value = UInt32(digits, radix: 16) else {
                throw Problem(message: "'\\u{' without a number")
            }
            return value
        }
        let first = try hexadecimal(4)
        guard (0xD800..<0xDC00).contains(first), index + 1 < text.count, text[index] == 0x5C, text[index + 1] == 0x75
        else { return first }
        index += 2
        let second = try hexadecimal(4)
        return 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
    }

    private mutating func hexadecimal(_ count: Int) throws(Problem) -> UInt32 {
        let digits = text[index..<min(index + count, text.count)].compactMap(Unicode.Scalar.init)
        guard digits.count == count, let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16) else {
            throw Problem(message: "\(count) hexadecimal digits are missing")
        }
        index += count
        return value
    }

    private mutating func brackets() throws(Problem) -> ScalarSet {
        var set = ScalarSet()
        set.isNegative = take("^")
        while !take("]") {
            guard peek != nil else { throw Problem(message: "'[' without ']'") }
            guard let low = try member(&set) else { continue }
            let mayBeRange = index + 1 < text.count && text[index] == 0x2D && text[index + 1] != 0x5D
            guard mayBeRange else {
                set.ranges.append(low...low)
                continue
            }
            index += 1
            guard let high = try member(&set) else {
                set.ranges += [low...low, 0x2D...0x2D]
                continue
            }
            guard low <= high else { throw Problem(message: "a range in '[]' is out of order") }
            set.ranges.append(low...high)
        }
        return set
    }

    /// A single character of a set; nil when a whole class was added.
    private mutating func member(_ set: inout ScalarSet) throws(Problem) -> UInt32? {
        guard let character = peek else { throw Problem(message: "'[' without ']'") }
        index += 1
        guard character == "\\" else { return character.value }
        if take("b") { return 0x08 }
        if let part = try classEscape() {
            set.parts.append(part)
            return nil
        }
        return try scalarEscape()
    }

    // MARK: Text

    private var peek: Unicode.Scalar? { index < text.count ? Unicode.Scalar(text[index]) : nil }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == wanted.value else { return false }
        index += 1
        return true
    }

    private static func shifted(_ instructions: [Instruction], by offset: Int) -> [Instruction] {
        instructions.map { instruction in
            switch instruction {
            case .split(let first, let second): .split(first + offset, second + offset)
            case .jump(let place): .jump(place + offset)
            case .look(let isBehind, let isNegative, let next):
                .look(isBehind: isBehind, isNegative: isNegative, next: next + offset)
            default: instruction
            }
        }
    }
}
