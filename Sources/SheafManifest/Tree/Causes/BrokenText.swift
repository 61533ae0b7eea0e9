/// A document that cannot be read, and where libyaml stumbled.
struct BrokenText: Sendable {
    let bytes: [UInt8]
    let lines: [TextLine]
    let failure: EventParser.Failure
    /// The line where libyaml stumbled, or where what it could not finish begins.
    let failing: Int

    init(_ bytes: [UInt8], _ failure: EventParser.Failure) {
        self.bytes = bytes
        self.failure = failure
        lines = LineScanner.lines(of: bytes)
        var index = Self.line(at: failure.anchor, lines)
        // At the end of the text the parser points behind the last line.
        while index > 0, lines[index].role == .blank, lines[index].tab == nil { index -= 1 }
        failing = index
    }

    var failingLine: TextLine { lines[failing] }

    static func line(at offset: Int, _ lines: [TextLine]) -> Int {
        var low = 0
        var high = lines.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lines[middle].range.lowerBound <= offset { low = middle } else { high = middle }
        }
        return low
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// A text in quotes for a message, cut where it is long.
    func quoted(_ range: Range<Int>) -> String {
        let text = text(range)
        return text.count > 40 ? "'\(text.prefix(38))…'" : "'\(text)'"
    }

    /// How a line is called in a message.
    func name(_ line: TextLine) -> String {
        if let key = line.key { return quoted(key) }
        return quoted(line.hasValue ? line.value : line.content..<line.range.upperBound)
    }

    /// The last line before another one that is content.
    func contentLine(before index: Int) -> Int? {
        lines[..<index].lastIndex { $0.role == .content }
    }

    /// The content lines up to another one, the nearest first.
    func contentLines(upTo index: Int, _ limit: Int) -> [Int] {
        var found: [Int] = []
        var at = index
        while at >= 0, found.count < limit {
            if lines[at].role == .content { found.append(at) }
            at -= 1
        }
        return found
    }

    /// The lines from one on that are at least as deep as it, blank lines and comments between them included.
    func block(from index: Int) -> Range<Int> {
        let depth = lines[index].indent
        var end = index + 1
        var next = index + 1
        while next < lines.count {
            let line = lines[next]
            if line.role == .content || line.role == .inside {
                guard line.indent >= depth || line.role == .inside else { break }
                end = next + 1
            }
            next += 1
        }
        return index..<end
    }

    /// The changes that put a line in another column, with the lines below it that stand in the wrong place as it does.
    ///
    /// Siblings of the line that are in their place already stay there.
    ///
    /// - Parameters:
    ///   - index: The line.
    ///   - column: The column, from 0.
    ///   - list: The column of the dashes of a list: its next item ends what is moved.
    /// - Returns: The changes.
    func align(_ index: Int, to column: Int, until list: Int = -1) -> [MendedText.Edit] {
        let line = lines[index]
        let distance = column - line.indent
        guard distance > 0 else { return shift(block(from: index), by: distance) }
        var moved = [index]
        var isMoving = true
        // What stands below an empty key belongs to it, wherever it stands.
        var hasOwner = line.hasKey && !line.hasValue
        var isFirst = true
        for next in block(from: index).dropFirst() {
            let below = lines[next]
            if below.role == .content {
                if below.isItem, below.indent == list, !hasOwner || !isFirst { break }
                if below.indent == column, !hasOwner, !(below.isItem && !line.isItem) { isMoving = false }
                if below.indent < column { isMoving = true }
                hasOwner = hasOwner && below.indent > line.indent
                isFirst = false
            }
            if isMoving { moved.append(next) }
        }
        return moved.flatMap { shift($0..<$0 + 1, by: distance) }
    }

    /// The changes that move lines to the right, or to the left for a negative distance.
    func shift(_ range: Range<Int>, by distance: Int) -> [MendedText.Edit] {
        range.compactMap { index in
            let line = lines[index]
            guard line.role != .blank else { return nil }
            if distance >= 0 {
                let start = line.range.lowerBound
                return MendedText.Edit(start..<start, String(repeating: " ", count: distance))
            }
            let room = min(-distance, line.indent)
            return MendedText.Edit(line.content - room..<line.content, "")
        }
    }
}

extension EventParser.Failure {
    /// Where the mistake is looked for: what was never finished is shown where it begins.
    var anchor: Int {
        guard let contextOffset, let context else { return offset }
        let isUnfinished =
            context.contains("quoted scalar") || context.contains("simple key") || context.contains("flow ")
        return isUnfinished ? contextOffset : offset
    }
}
