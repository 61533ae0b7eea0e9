/// A TOML 1.0 file as JSON; dates and times become texts.
package struct TomlDocument {
    private static let deepest = 200

    private let path: String
    private var rest: ArraySlice<Unicode.Scalar>
    private var line = 1
    private let root = TomlTable()

    /// The content of a file as JSON.
    ///
    /// - Throws: `SteampipeError` for what is no TOML.
    package static func json(_ text: String, path: String) throws -> String {
        var reader = TomlDocument(path: path, rest: Array(text.unicodeScalars)[...])
        try reader.document()
        return TomlValue.table(reader.root).json
    }

    private init(path: String, rest: ArraySlice<Unicode.Scalar>) {
        self.path = path
        self.rest = rest.first == "\u{FEFF}" ? rest.dropFirst() : rest
    }

    // MARK: Lines

    private mutating func document() throws {
        var current = root
        while true {
            skipBlankLines()
            guard !rest.isEmpty else { return }
            if take("[[") {
                current = try header(closedBy: "]]", isList: true)
            } else if take("[") {
                current = try header(closedBy: "]", isList: false)
            } else {
                try pair(into: current, depth: 0)
            }
            skipSpaces()
            skipComment()
            guard rest.isEmpty || takeLineEnd() else { throw wrong("there is something behind the value") }
        }
    }

    private mutating func header(closedBy end: String, isList: Bool) throws -> TomlTable {
        let keys = try keyPath()
        guard take(end), let last = keys.last else { throw wrong("the header is not closed by \(end)") }
        let parent = try table(keys.dropLast(), in: root)
        let known = parent[last]
        if isList {
            let new = TomlTable()
            switch known {
            case nil: parent[last] = .tables([new])
            case .tables(let tables): parent[last] = .tables(tables + [new])
            default: throw wrong("'\(last)' is there already")
            }
            return new
        }
        switch known {
        case nil:
            let new = TomlTable()
            new.isDefined = true
            parent[last] = .table(new)
            return new
        case .table(let table) where !table.isDefined:
            table.isDefined = true
            return table
        default: throw wrong("'\(last)' is there already")
        }
    }

    /// The table that keys lead to, made where it is missing.
    private func table(_ keys: some Sequence<String>, in start: TomlTable, byDots: Bool = false) throws -> TomlTable {
        var current = start
        for key in keys {
            switch current[key] {
            case nil:
                let new = TomlTable()
                new.isDefined = byDots
                current[key] = .table(new)
                current = new
            case .table(let table) where !table.isClosed: current = table
            case .tables(let tables):
                guard let last = tables.last else { throw wrong("'\(key)' is no table") }
                current = last
            default: throw wrong("'\(key)' is no table that can grow")
            }
        }
        return current
    }

    private mutating func pair(into table: TomlTable, depth: Int) throws {
        let keys = try keyPath()
        guard take("="), let last = keys.last else { throw wrong("there is no '=' behind the key") }
        let target = try self.table(keys.dropLast(), in: table, byDots: true)
        guard target[last] == nil else { throw wrong("'\(last)' is there already") }
        skipSpaces()
        target[last] = try value(depth: depth)
    }

    private mutating func keyPath() throws -> [String] {
        var keys: [String] = []
        repeat {
            skipSpaces()
            keys.append(try key())
            skipSpaces()
        } while take(".")
        return keys
    }

    private mutating func key() throws -> String {
        if take("\"") { return try basicText() }
        if take("'") { return try literalText() }
        let bare = takeWhile { TomlDocument.isBare($0) }
        guard !bare.isEmpty else { throw wrong("there is no key") }
        return bare
    }

    private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || (scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar)))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    // MARK: Values

    private mutating func value(depth: Int) throws -> TomlValue {
        guard depth < Self.deepest else { throw wrong("the values are nested too deeply") }
        if take("\"\"\"") { return .text(try multiLine("\"\"\"", hasEscapes: true)) }
        if take("'''") { return .text(try multiLine("'''", hasEscapes: false)) }
        if take("\"") { return .text(try basicText()) }
        if take("'") { return .text(try literalText()) }
        if take("[") { return try list(depth: depth) }
        if take("{") { return try inlineTable(depth: depth) }
        return try plain()
    }

    private mutating func list(depth: Int) throws -> TomlValue {
        var elements: [TomlValue] = []
        while true {
            skipBlankLines()
            if take("]") { return .list(elements) }
            elements.append(try value(depth: depth + 1))
            skipBlankLines()
            guard take(",") else {
                guard take("]") else { throw wrong("the list is not closed") }
                return .list(elements)
            }
        }
    }

    private mutating func inlineTable(depth: Int) throws -> TomlValue {
        let table = TomlTable()
        skipSpaces()
        var isFirst = true
        while !take("}") {
            guard isFirst || take(",") else { throw wrong("the table in braces is not closed") }
            isFirst = false
            try pair(into: table, depth: depth + 1)
            skipSpaces()
        }
        table.isClosed = true
        table.isDefined = true
        return .table(table)
    }

    /// A bool, a number, a date or a time.
    private mutating func plain() throws -> TomlValue {
        var word = takeWhile { TomlDocument.isBare($0) || $0 == "+" || $0 == "." || $0 == ":" }
        // A blank may part the date from the time.
        if word.count == 10, word.dropFirst(4).first == "-", rest.first == " ",
            rest.dropFirst().first.map(Self.isDigit) == true
        {
            rest.removeFirst()
            word += "T" + takeWhile { TomlDocument.isBare($0) || $0 == "+" || $0 == "." || $0 == ":" }
        }
        if word == "true" || word == "false" { return .plain(word) }
        if let number = Self.number(word) { return .plain(number) }
        let isMoment = word.first?.isNumber == true && (word.contains(":") || word.dropFirst(4).first == "-")
        guard isMoment || ["inf", "nan"].contains(word.drop { $0 == "+" || $0 == "-" }) else {
            throw wrong("'\(word)' is no value")
        }
        return .text(word)
    }

    /// A number as JSON has it; nil for other words.
    private static func number(_ word: String) -> String? {
        let digits = word.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            return Int(digits.dropFirst(2), radix: radix).map(String.init)
        }
        if let number = Int(digits) { return String(number) }
        let isFloat = digits.contains { $0 == "." || $0 == "e" || $0 == "E" }
        guard isFloat, let number = Double(digits), number.isFinite else { return nil }
        return String(number)
    }

    // MARK: Texts

    private mutating func basicText() throws -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return String(text) }
            guard scalar != "\n" else { break }
            text.append(scalar == "\\" ? try escape() : scalar)
        }
        throw wrong("a text is not closed")
    }

    private mutating func literalText() throws -> String {
        let text = takeWhile { $0 != "'" && $0 != "\n" }
        guard take("'") else { throw wrong("a text is not closed") }
        return text
    }

    private mutating func multiLine(_ end: String, hasEscapes: Bool) throws -> String {
        _ = takeLineEnd()
        var text = String.UnicodeScalarView()
        while !rest.isEmpty {
            if take(end) {
                // Two more quotes may belong to the text.
                let quote = String(end.prefix(1))
                for _ in 0..<2 where take(quote) { text.append(contentsOf: quote.unicodeScalars) }
                return String(text)
            }
            if takeLineEnd() {
                text.append("\n")
                continue
            }
            let scalar = rest.removeFirst()
            guard hasEscapes, scalar == "\\" else {
                text.append(scalar)
                continue
            }
            if rest.first(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) == "\n" {
                while let next = rest.first, " \t\r\n".unicodeScalars.contains(next) {
                    if !takeLineEnd() { rest.removeFirst() }
                }
            } else {
                text.append(try escape())
            }
        }
        throw wrong("a text is not closed")
    }

    private mutating func escape() throws -> Unicode.Scalar {
        let known: [Unicode.Scalar: Unicode.Scalar] = [
            "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{C}", "r": "\r", "\"": "\"", "\\": "\\",
        ]
        guard let letter = rest.popFirst() else { throw wrong("a text is not closed") }
        if let scalar = known[letter] { return scalar }
        let count = letter == "u" ? 4 : letter == "U" ? 8 : 0
        let digits = String(String.UnicodeScalarView(rest.prefix(count)))
        guard count > 0, digits.count == count, let scalar = UInt32(digits, radix: 16).flatMap({ Unicode.Scalar($0) })
        else {
            throw wrong("'\\\(letter)' is no escape")
        }
        rest.removeFirst(count)
        return scalar
    }

    // MARK: Scalars

    private mutating func takeWhile(_ fits: (Unicode.Scalar) -> Bool) -> String {
        let part = rest.prefix(while: fits)
        rest.removeFirst(part.count)
        return String(String.UnicodeScalarView(part))
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func takeLineEnd() -> Bool {
        guard take("\n") || take("\r\n") else { return false }
        line += 1
        return true
    }

    private mutating func skipSpaces() { while take(" ") || take("\t") {} }

    private mutating func skipComment() {
        if rest.first == "#" { _ = takeWhile { $0 != "\n" } }
    }

    private mutating func skipBlankLines() {
        repeat {
            skipSpaces()
            skipComment()
        } while takeLineEnd()
    }

    private func wrong(_ reason: String) -> SteampipeError {
        SteampipeError("steampipe.invalid-toml", "failed to unmarshal file content \(path):\(line): \(reason)")
    }
}

/// A table of a TOML file, while it grows.
private final class TomlTable {
    private var keys: [String] = []
    private var values: [String: TomlValue] = [:]
    /// Whether a header or a key has made it: no header may do so again.
    var isDefined = false
    /// Whether it stands in braces, where all of it is.
    var isClosed = false

    subscript(key: String) -> TomlValue? {
        get { values[key] }
        set {
            if values[key] == nil { keys.append(key) }
            values[key] = newValue
        }
    }

    var json: String {
        "{\(keys.map { "\(YamlDocument.jsonText($0)):\(values[$0]?.json ?? "null")" }.joined(separator: ","))}"
    }
}

private enum TomlValue {
    case text(String)
    /// A number or a bool, as JSON has it.
    case plain(String)
    case list([TomlValue])
    case table(TomlTable)
    case tables([TomlTable])

    var json: String {
        switch self {
        case .text(let text): YamlDocument.jsonText(text)
        case .plain(let text): text
        case .list(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
        case .table(let table): table.json
        case .tables(let tables): "[\(tables.map(\.json).joined(separator: ","))]"
        }
    }
}
