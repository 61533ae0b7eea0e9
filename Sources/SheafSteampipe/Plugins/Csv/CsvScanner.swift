import Glibc

/// Finds the records in the bytes of a CSV file by RFC 4180, as Go's `encoding/csv` reads them.
///
/// It looks at eight bytes at a time for those that mean something, and copies nothing: a field is a place in the window.
struct CsvScanner {
    /// How far behind the bytes it may read.
    static let slack = 16

    /// A field, counted from the first byte of its record.
    struct Field {
        var start: Int
        var count: Int
        /// Whether doubled quotes and line ends in it have to be replaced.
        var isEscaped: Bool
    }

    enum Step {
        /// A record, with its length and the lines it has.
        case record(length: Int, lines: Int)
        /// An empty line or a comment.
        case nothing(length: Int)
        /// Something with a stray quote, up to the end of that line.
        case malformed(length: Int, lines: Int)
        /// The bytes end too early.
        case needsMore
        case end
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    private static let high: UInt64 = 0x8080_8080_8080_8080
    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let separator: UInt8
    private let comment: UInt8?
    private let separators: UInt64
    private let quotes = UInt64(Self.quote) &* Self.ones
    private let newlines = UInt64(Self.newline) &* Self.ones

    private var memory = FieldMemory(capacity: 64)
    private var count = 0
    /// The fields of the last record; good until the next step.
    var fields: UnsafeBufferPointer<Field> { UnsafeBufferPointer(start: memory.base, count: count) }
    /// False when every byte of the last record is ASCII, none is zero, and no field is escaped; true does not mean the
    /// opposite.
    private(set) var isDoubtful = false

    init(_ format: CsvFormat) {
        separator = format.separator
        comment = format.comment
        separators = UInt64(format.separator) &* Self.ones
    }

    /// Looks at what the bytes begin with.
    ///
    /// - Parameters:
    ///   - bytes: There must be `slack` bytes of memory behind them.
    ///   - isLast: Whether nothing follows them.
    /// - Returns: What it is, and how long.
    mutating func next(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return isLast ? .end : .needsMore }
        let first = bytes[0]
        if first == Self.newline { return .nothing(length: 1) }
        if first == Self.carriageReturn {
            if bytes.count == 1 { return isLast ? .nothing(length: 1) : .needsMore }
            if bytes[1] == Self.newline { return .nothing(length: 2) }
        }
        if first == comment {
            if let end = Self.find(Self.newline, in: bytes, from: 0) { return .nothing(length: end + 1) }
            return isLast ? .nothing(length: bytes.count) : .needsMore
        }
        return record(base, bytes, isLast: isLast)
    }

    // MARK: Records

    /// Which bytes of a word mean something, as the high bits of the bytes.
    private func marks(_ word: UInt64) -> UInt64 {
        ~(Self.nonZero(word ^ separators) & Self.nonZero(word ^ quotes) & Self.nonZero(word ^ newlines)) & Self.high
    }

    /// Which bytes of a word are not zero; only the high bits of the bytes say something.
    private static func nonZero(_ word: UInt64) -> UInt64 { ((word & low) &+ low) | word }

    private mutating func record(_ base: UnsafeRawPointer, _ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        count = 0
        let end = bytes.count
        var lines = 1
        var start = 0
        var place = 0
        var word = base.loadUnaligned(as: UInt64.self)
        var marked = marks(word)
        var doubt = ~Self.nonZero(word) | word
        defer { isDoubtful = doubt & Self.high != 0 }
        while true {
            while marked == 0, place &+ 8 < end {
                place &+= 8
                word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                marked = marks(word)
                doubt |= ~Self.nonZero(word) | word
            }
            let at = place &+ (marked.trailingZeroBitCount &>> 3)
            guard marked != 0, at < end else {
                guard isLast else { return .needsMore }
                add(from: start, to: Self.withoutReturn(base, start, end))
                return .record(length: end, lines: lines)
            }
            marked &= marked &- 1
            let byte = base.load(fromByteOffset: at, as: UInt8.self)
            if byte == separator {
                add(from: start, to: at)
                start = at &+ 1
            } else if byte == Self.newline {
                add(from: start, to: Self.withoutReturn(base, start, at))
                return .record(length: at &+ 1, lines: lines)
            } else {
                guard at == start else { return Self.malformed(bytes, at, lines, isLast) }
                // The bytes of the field are not looked at in words, and it may have escapes.
                doubt |= Self.high
                switch quoted(bytes, from: at + 1, isLast: isLast, &lines) {
                case .closed(let next):
                    guard bytes[next - 1] == separator else { return .record(length: next, lines: lines) }
                    start = next
                case .last: return .record(length: end, lines: lines)
                case .broken(let at): return Self.malformed(bytes, at, lines, isLast)
                case .open: return isLast ? .malformed(length: end, lines: lines) : .needsMore
                }
                // The words go on behind the field.
                place = start
                word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                marked = marks(word)
            }
        }
    }

    private mutating func add(from start: Int, to end: Int, isEscaped: Bool = false) {
        if count == memory.capacity { memory = FieldMemory(copying: memory) }
        memory.base[count] = Field(start: start, count: end &- start, isEscaped: isEscaped)
        count &+= 1
    }

    /// The end of a line without the return before it.
    private static func withoutReturn(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        end > start && base.load(fromByteOffset: end &- 1, as: UInt8.self) == carriageReturn ? end &- 1 : end
    }

    private static func malformed(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ lines: Int, _ isLast: Bool) -> Step {
        if let end = find(newline, in: bytes, from: at) { return .malformed(length: end + 1, lines: lines) }
        return isLast ? .malformed(length: bytes.count, lines: lines) : .needsMore
    }

    // MARK: Quoted fields

    private enum Quoted {
        /// Closed by a quote; what follows its separator or its line end begins there.
        case closed(Int)
        /// Closed at the very end of the file.
        case last
        /// Something follows the closing quote that may not.
        case broken(Int)
        /// The bytes end inside the field, or before what follows it can be seen.
        case open
    }

    private mutating func quoted(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        isLast: Bool,
        _ lines: inout Int
    ) -> Quoted {
        var isEscaped = false
        var from = start
        while let end = Self.find(Self.quote, in: bytes, from: from) {
            let next = end + 1
            guard next < bytes.count || isLast else { return .open }
            if next < bytes.count, bytes[next] == Self.quote {
                isEscaped = true
                from = next + 1
                continue
            }
            let breaks = Self.lineBreaks(bytes, from: start, to: end)
            lines += breaks.count
            add(from: start, to: end, isEscaped: isEscaped || breaks.hasReturn)
            return Self.follow(bytes, next, separator, isLast)
        }
        lines += isLast ? Self.lineBreaks(bytes, from: start, to: bytes.count).count : 0
        return .open
    }

    private static func follow(
        _ bytes: UnsafeRawBufferPointer,
        _ next: Int,
        _ separator: UInt8,
        _ isLast: Bool
    ) -> Quoted {
        if next == bytes.count { return .last }
        if bytes[next] == separator || bytes[next] == newline { return .closed(next + 1) }
        guard bytes[next] == carriageReturn else { return .broken(next) }
        if next + 1 == bytes.count { return isLast ? .last : .open }
        return bytes[next + 1] == newline ? .closed(next + 2) : .broken(next)
    }

    private static func lineBreaks(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        to end: Int
    ) -> (count: Int, hasReturn: Bool) {
        var count = 0
        var hasReturn = false
        var from = start
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        while let at = find(newline, in: part, from: from) {
            count += 1
            hasReturn = hasReturn || (at > start && bytes[at - 1] == carriageReturn)
            from = at + 1
        }
        return (count, hasReturn)
    }

    private static func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

/// Room for the fields of a record, without what an array costs for each of them.
private final class FieldMemory {
    let base: UnsafeMutablePointer<CsvScanner.Field>
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
        base.initialize(repeating: CsvScanner.Field(start: 0, count: 0, isEscaped: false), count: capacity)
    }

    /// Twice as much room, with all that is in a full one.
    convenience init(copying full: FieldMemory) {
        self.init(capacity: full.capacity * 2)
        base.update(from: full.base, count: full.capacity)
    }

    deinit { base.deallocate() }
}
