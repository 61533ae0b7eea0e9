/// A regular expression of ECMA-262 with the `u` flag, as JSON Schema wants it.
///
/// The toolchain's `Regex` cannot be shared between threads, knows other classes than ECMA-262 and may run for ever on
/// an evil pattern; this one counts its steps. It compiles to a list of instructions and searches by backtracking.
struct ECMAPattern: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        /// Anything but an end of line.
        case any
        case set(ScalarSet)
        /// Goes on at the first, and later at the second when that leads nowhere.
        case split(Int, Int)
        case jump(Int)
        /// Stores the position in a register.
        case save(Int)
        /// Fails when nothing was consumed since a register was stored.
        case progress(Int)
        case start, end
        case boundary(isNegative: Bool)
        /// The instructions behind this one up to `accept` must match here, or before here; the register array counts
        /// for what comes after.
        case look(isBehind: Bool, isNegative: Bool, next: Int)
        case reference(Int)
        case accept
    }

    /// Where the text cannot be read as a pattern.
    struct Problem: Error, Equatable {
        var message: String
    }

    let instructions: [Instruction]
    let registers: Int

    /// Reads a pattern.
    ///
    /// - Throws: `Problem`.
    init(_ pattern: String) throws(Problem) {
        var parser = ECMAPatternParser(pattern)
        instructions = try parser.parse()
        registers = parser.registers
    }

    /// Whether the pattern matches anywhere in a text; false where that cannot be told within a million steps.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
        return ECMAMatcher(pattern: self, text: scalars).search()
    }

    func matches(_ text: String) -> Bool {
        ECMAMatcher(pattern: self, text: text.unicodeScalars.map(\.value)).search()
    }
}

/// The search for one text.
private struct ECMAMatcher {
    private static let stepLimit = 1_000_000

    private struct Thread {
        var place: Int
        var position: Int
        var registers: [Int]
    }

    let pattern: ECMAPattern
    let text: [UInt32]
    private var steps = 0

    init(pattern: ECMAPattern, text: [UInt32]) {
        self.pattern = pattern
        self.text = text
    }

    func search() -> Bool {
        var matcher = self
        for start in 0...text.count {
            let registers = [Int](repeating: -1, count: pattern.registers)
            if matcher.run(0, start, registers, end: nil) != nil { return true }
            if matcher.steps >= Self.stepLimit { return false }
        }
        return false
    }

    /// Runs from an instruction to `accept`, which must be reached at the given position where there is one.
    private mutating func run(_ place: Int, _ position: Int, _ registers: [Int], end: Int?) -> Thread? {
        var threads = [Thread(place: place, position: position, registers: registers)]
        while var thread = threads.popLast() {
            var isAlive = true
            while isAlive {
                steps += 1
                if steps >= Self.stepLimit { return nil }
                switch pattern.instructions[thread.place] {
                case .accept:
                    if end == nil || end == thread.position { return thread }
                    isAlive = false
                case .jump(let next): thread.place = next
                case .split(let first, let second):
                    var other = thread
                    other.place = second
                    threads.append(other)
                    thread.place = first
                case .look(let isBehind, let isNegative, let next):
                    let found = look(thread, isBehind)
                    if (found == nil) != isNegative { isAlive = false }
                    if let found, !isNegative { thread.registers = found.registers }
                    thread.place = next
                default: isAlive = advance(&thread)
                }
            }
        }
        return nil
    }

    private mutating func look(_ thread: Thread, _ isBehind: Bool) -> Thread? {
        if !isBehind { return run(thread.place + 1, thread.position, thread.registers, end: nil) }
        for start in stride(from: thread.position, through: 0, by: -1) {
            if let found = run(thread.place + 1, start, thread.registers, end: thread.position) { return found }
        }
        return nil
    }

    /// Takes an instruction that goes on behind itself; false when it fails.
    private func advance(_ thread: inout Thread) -> Bool {
        let position = thread.position
        var isGood = true
        var width = 0
        switch pattern.instructions[thread.place] {
        case .scalar(let wanted):
            isGood = position < text.count && text[position] == wanted
            width = 1
        case .any:
            isGood = position < text.count && !ScalarSet.isLineEnd(text[position])
            width = 1
        case .set(let set):
            isGood = position < text.count && set.contains(text[position])
            width = 1
        case .save(let register): thread.registers[register] = position
        case .progress(let register): isGood = thread.registers[register] != position
        case .start: isGood = position == 0
        case .end: isGood = position == text.count
        case .boundary(let isNegative):
            let before = position > 0 && ScalarSet.isWord(text[position - 1])
            let after = position < text.count && ScalarSet.isWord(text[position])
            isGood = (before != after) != isNegative
        case .reference(let group):
            let (from, to) = (thread.registers[group * 2], thread.registers[group * 2 + 1])
            if from >= 0, to >= from {
                width = to - from
                isGood = position + width <= text.count && text[from..<to] == text[position..<position + width]
            }
        default: break
        }
        thread.position += width
        thread.place += 1
        return isGood
    }
}
