import SheafModel
import SheafPostgres

/// A result as JSON, indented by one blank: `{"columns": [{"name", "data_type"}], "rows": [{…}]}`.
final class JsonPrinter: ResultPrinter {
    private let output: QueryOutput
    /// For each column its quoted name and how its values are written.
    private let columns: [(name: String, type: String)]
    private var hasRows = false

    init(_ columns: [PostgresColumn], types: [Int: String], _ output: QueryOutput) {
        self.output = output
        let names = Self.distinct(columns.map(\.name))
        self.columns = zip(names, columns).map { (JsonText.quoted($0), types[$1.type] ?? "unknown") }
        let described = zip(self.columns, zip(names, columns)).map { column, names in
            let original = names.0 == names.1.name ? "" : ",\n   \"original_name\": \(JsonText.quoted(names.1.name))"
            return
                "  {\n   \"name\": \(column.name)\(original),\n   \"data_type\": \(JsonText.quoted(column.type))\n  }"
        }
        let list = described.isEmpty ? "[]" : "[\n\(described.joined(separator: ",\n"))\n ]"
        output.write("{\n \"columns\": \(list),\n \"rows\": [")
    }

    /// The names with a number behind those that are there already: the keys of an object are all different.
    private static func distinct(_ names: [String]) -> [String] {
        var taken = Set(names)
        var seen: Set<String> = []
        return names.map { name in
            if seen.insert(name).inserted { return name }
            var number = 2
            while !taken.insert("\(name)_\(number)").inserted { number += 1 }
            return "\(name)_\(number)"
        }
    }

    func row(_ values: [String?]) {
        output.write(hasRows ? ",\n" : "\n")
        hasRows = true
        let members = zip(columns, values).map { column, value in "   \(column.name): \(Self.json(value, column.type))"
        }
        output.write(members.isEmpty ? "  {}" : "  {\n\(members.joined(separator: ",\n"))\n  }")
    }

    func end() { output.write(hasRows ? "\n ]\n}\n" : "]\n}\n") }

    private static func json(_ value: String?, _ type: String) -> String {
        guard let value else { return "null" }
        switch type {
        case "bool": return value == "t" ? "true" : "false"
        case "int2", "int4", "int8": return value
        // JSON knows no infinity.
        case "float4", "float8":
            return value.first.map { "-0123456789".contains($0) } == true && value != "-Infinity"
                ? value : JsonText.quoted(value)
        case "timestamptz": return JsonText.quoted(moment(value))
        case "json", "jsonb": return JsonText.indented(value, depth: 3)
        default: return JsonText.quoted(value)
        }
    }

    /// A moment as RFC 3339 has it, from PostgreSQL's `2026-01-31 10:00:00+00`; other texts as they are.
    private static func moment(_ text: String) -> String {
        guard let gap = text.firstIndex(of: " "), let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }),
            gap < sign, text.last?.isNumber == true
        else { return text }
        let zone = text[sign...]
        let shown = zone == "+00" ? "Z" : zone.contains(":") ? String(zone) : "\(zone):00"
        return "\(text[..<gap])T\(text[text.index(after: gap)..<sign])\(shown)"
    }
}

/// Texts of JSON.
enum JsonText {
    static func quoted(_ text: String) -> String {
        DoubleQuotedText.of(text) { $0 < " " ? DoubleQuotedText.escape($0) : nil }
    }

    /// JSON with line ends and one blank for each level; what is in it stays as it is.
    ///
    /// - Parameters:
    ///   - json: Well-formed.
    ///   - depth: The level that it stands at.
    /// - Returns: The same value.
    static func indented(_ json: String, depth: Int) -> String {
        var result: [UInt8] = []
        var depth = depth
        var isText = false
        var isEscaped = false
        func line() { result += [10] + [UInt8](repeating: 32, count: depth) }
        for byte in json.utf8 {
            if isText {
                result.append(byte)
                isText = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                result.append(byte)
                depth += 1
                line()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                // An empty one stays together.
                while let last = result.last, last == 10 || last == 32 { result.removeLast() }
                if result.last != byte - 2 { line() }
                result.append(byte)
            case UInt8(ascii: ","):
                result.append(byte)
                line()
            case UInt8(ascii: ":"): result += [byte, 32]
            default:
                result.append(byte)
                isText = byte == UInt8(ascii: "\"")
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
