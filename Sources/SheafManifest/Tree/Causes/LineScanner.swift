/// Reads the lines of a text that is no valid YAML, as a person would.
struct LineScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var lines: [TextLine] = []

    /// The lines of a text.
    static func lines(of bytes: [UInt8]) -> [TextLine] {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = LineScanner(bytes: bytes)
            scanner.scan()
            return scanner.lines
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func scan() {
        var start = 0
        while start <= bytes.count {
            // A carriage return by itself ends a line for libyaml, too.
            let end = bytes[start...].firstIndex { $0 == .lineFeed || $0 == .carriageReturn } ?? bytes.count
            lines.append(line(start..<end))
            let isPair = end + 1 < bytes.count && bytes[end] == .carriageReturn && bytes[end + 1] == .lineFeed
            start = end + (isPair ? 2 : 1)
        }
        var index = 0
        while index < lines.count { index = settle(index) }
    }

    // MARK: A line by itself

    private func line(_ range: Range<Int>) -> TextLine {
        let content = range.first { !isBlank(bytes[$0]) } ?? range.upperBound
        let tab = (range.lowerBound..<content).first { bytes[$0] == .tab }
        var line = TextLine(role: .content, range: range, content: content, tab: tab, value: content..<content)
        guard content < range.upperBound else {
            line.role = .blank
            return line
        }
        if bytes[content] == .hash {
            line.role = .comment
            line.comment = content
            return line
        }
        var at = content
        while bytes[at] == .dash, at + 1 == range.upperBound || isBlank(bytes[at + 1]) {
            line.dashes.append(at)
            at = skipBlanks(at + 1, range.upperBound)
            if at == range.upperBound { break }
        }
        readKey(&line, at)
        return line
    }

    private func readKey(_ line: inout TextLine, _ start: Int) {
        let end = line.range.upperBound
        var at = start
        if start < end, bytes[start] == .quote || bytes[start] == .apostrophe {
            guard let close = closingQuote(start, end) else { return readValue(&line, start) }
            at = skipBlanks(close + 1, end)
            guard at < end, bytes[at] == .colon, isEnd(at + 1, end) else { return readValue(&line, start) }
            return setKey(&line, start..<close + 1, colon: at)
        }
        if start < end, bytes[start] == .leftBracket || bytes[start] == .hash { return readValue(&line, start) }
        // A placeholder may be a key; another brace begins a value.
        if start < end, bytes[start] == .leftBrace, !(start + 1 < end && bytes[start + 1] == .leftBrace) {
            return readValue(&line, start)
        }
        while at < end {
            if bytes[at] == .colon, isEnd(at + 1, end) {
                var keyEnd = at
                while keyEnd > start, isBlank(bytes[keyEnd - 1]) { keyEnd -= 1 }
                return setKey(&line, start..<keyEnd, colon: at)
            }
            if bytes[at] == .hash, at > start, isBlank(bytes[at - 1]) { break }
            at += 1
        }
        readValue(&line, start)
    }

    private func setKey(_ line: inout TextLine, _ key: Range<Int>, colon: Int) {
        line.key = key
        line.colon = colon
        readValue(&line, skipBlanks(colon + 1, line.range.upperBound))
    }

    private func readValue(_ line: inout TextLine, _ start: Int) {
        let end = line.range.upperBound
        var valueEnd = end
        var at = start
        if start < end, bytes[start] == .quote || bytes[start] == .apostrophe, let close = closingQuote(start, end) {
            at = close + 1
        }
        while at < end {
            if bytes[at] == .hash, at == start || isBlank(bytes[at - 1]) {
                line.comment = at
                valueEnd = at
                break
            }
            at += 1
        }
        while valueEnd > start, isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        line.value = start..<max(start, valueEnd)
        line.opensBlock = isBlockHeader(line.value)
    }

    private func isBlockHeader(_ value: Range<Int>) -> Bool {
        guard let first = value.first, bytes[first] == .pipe || bytes[first] == .greater else { return false }
        return value.dropFirst().allSatisfy {
            bytes[$0] == .dash || bytes[$0] == UInt8(ascii: "+") || (0x31...0x39).contains(bytes[$0])
        }
    }

    /// Where a quote that opens here closes on the same line.
    private func closingQuote(_ open: Int, _ end: Int) -> Int? {
        let mark = bytes[open]
        var at = open + 1
        while at < end {
            if bytes[at] == .backslash, mark == .quote {
                at += 1
            } else if bytes[at] == mark {
                guard mark == .apostrophe, at + 1 < end, bytes[at + 1] == mark else { return at }
                at += 1
            }
            at += 1
        }
        return nil
    }

    // MARK: Lines together

    /// Finds out which lines after this one belong to its value.
    private mutating func settle(_ index: Int) -> Int {
        let line = lines[index]
        guard line.role == .content, line.hasValue else { return index + 1 }
        let parent = line.hasKey ? line.keyColumn : line.dashes.last.map(line.column) ?? line.indent - 1
        if line.opensBlock { return settleBlock(index, parent) }
        let first = bytes[line.value.lowerBound]
        if first == .quote || first == .apostrophe { return settleQuote(index) }
        let isPlaceholder = line.value.count > 1 && first == .leftBrace && bytes[line.value.lowerBound + 1] == first
        if first == .leftBracket || first == .leftBrace, !isPlaceholder { return settleBrackets(index) }
        return index + 1
    }

    private mutating func settleBlock(_ index: Int, _ parent: Int) -> Int {
        var next = index + 1
        while next < lines.count {
            let line = lines[next]
            // A tab may be the mistake; by its looks the line belongs to the block.
            let isDeeper = line.tab == nil ? line.indent > parent : line.indent * 2 > parent
            guard line.role == .blank || isDeeper else { break }
            if line.role != .blank { lines[next].role = .inside }
            next += 1
        }
        return next
    }

    private mutating func settleQuote(_ index: Int) -> Int {
        let open = lines[index].value.lowerBound
        guard closingQuote(open, lines[index].range.upperBound) == nil else { return index + 1 }
        let mark = bytes[open]
        var next = index + 1
        while next < min(lines.count, index + 500) {
            let line = lines[next]
            if line.hasKey, line.indent <= lines[index].keyColumn { break }
            let text = line.range.lowerBound..<line.range.upperBound
            if let close = text.first(where: { bytes[$0] == mark && ($0 == 0 || bytes[$0 - 1] != .backslash) }) {
                let rest = skipBlanks(close + 1, line.range.upperBound)
                guard rest == line.range.upperBound || bytes[rest] == .hash else { break }
                for inside in index + 1...next { lines[inside].role = .inside }
                lines[index].goesOn = true
                return next + 1
            }
            next += 1
        }
        lines[index].openQuote = open
        return index + 1
    }

    private mutating func settleBrackets(_ index: Int) -> Int {
        var depth = 0
        var next = index
        while next < min(lines.count, index + 5_000) {
            let line = lines[next]
            if next > index, line.hasKey, line.indent <= lines[index].keyColumn,
                bytes[line.content] != .quote, bytes[line.content] != .rightBrace
            {
                break
            }
            var at = next == index ? line.value.lowerBound : line.content
            while at < line.range.upperBound {
                switch bytes[at] {
                case .leftBracket, .leftBrace: depth += 1
                case .rightBracket, .rightBrace: depth -= 1
                case .quote, .apostrophe: at = closingQuote(at, line.range.upperBound) ?? at
                case .hash where at > 0 && isBlank(bytes[at - 1]): at = line.range.upperBound
                default: break
                }
                at += 1
                guard depth <= 0 else { continue }
                guard next > index else { return index + 1 }
                for inside in index + 1...next { lines[inside].role = .inside }
                lines[index].goesOn = true
                return next + 1
            }
            next += 1
        }
        lines[index].openBracket = lines[index].value.lowerBound
        return index + 1
    }

    // MARK: Bytes

    private func isBlank(_ byte: UInt8) -> Bool { byte == .space || byte == .tab }
    private func isEnd(_ at: Int, _ end: Int) -> Bool { at >= end || isBlank(bytes[at]) }

    private func skipBlanks(_ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end, isBlank(bytes[at]) { at += 1 }
        return at
    }
}

extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let backslash = UInt8(ascii: "\\")
    static let hash = UInt8(ascii: "#")
    static let dash = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let pipe = UInt8(ascii: "|")
    static let greater = UInt8(ascii: ">")
    static let leftBrace = UInt8(ascii: "{")
    static let rightBrace = UInt8(ascii: "}")
    static let leftBracket = UInt8(ascii: "[")
    static let rightBracket = UInt8(ascii: "]")
}
