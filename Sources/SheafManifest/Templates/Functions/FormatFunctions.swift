/// Functions that turn values into text: those of Go, and `quote` and its like.
enum FormatFunctions {
    static let all: [TemplateFunction] = [
        TemplateFunction("print", atLeast: 0) { a in try a.make(try printed(a, isLine: false)) },
        TemplateFunction("println", atLeast: 0) { a in try a.make(try printed(a, isLine: true) + "\n") },
        TemplateFunction("printf", atLeast: 1) { a in
            .text(try GoFormat.text(try a.text(0), Array(a.rest(1)), a.context))
        },
        TemplateFunction("html", atLeast: 1) { a in try a.make(escaped(try printed(a, isLine: false))) },
        TemplateFunction("urlquery", atLeast: 1) { a in try a.make(queryEscaped(try printed(a, isLine: false))) },
        TemplateFunction("quote", atLeast: 0) { a in
            try joined(a) { value in GoText.quoted(try a.string(value)) }
        },
        TemplateFunction("squote", atLeast: 0) { a in
            try joined(a) { value in "'\(try a.string(value))'" }
        },
        TemplateFunction("cat", atLeast: 0) { a in
            try joined(a) { value in try a.string(value) }
        },
        TemplateFunction("toString", 1) { a in try a.make(try a.string(a[0])) },
        TemplateFunction("toYaml", 1) { a in .text(try TemplateYAML.text(a[0], a.context)) },
        TemplateFunction("mustToYaml", 1) { a in .text(try TemplateYAML.text(a[0], a.context)) },
        TemplateFunction("toJson", 1, json),
        TemplateFunction("mustToJson", 1, json),
        TemplateFunction("toRawJson", 1, rawJSON),
        TemplateFunction("mustToRawJson", 1, rawJSON),
        TemplateFunction("toPrettyJson", 1, prettyJSON),
        TemplateFunction("mustToPrettyJson", 1, prettyJSON),
    ]

    private static func json(_ a: TemplateArguments) throws -> TemplateValue {
        .text(try TemplateJSON.text(a[0], a.context))
    }

    private static func rawJSON(_ a: TemplateArguments) throws -> TemplateValue {
        .text(try TemplateJSON.text(a[0], a.context, escapesHTML: false))
    }

    private static func prettyJSON(_ a: TemplateArguments) throws -> TemplateValue {
        .text(try TemplateJSON.text(a[0], a.context, isPretty: true))
    }

    /// All arguments in one text; `print` puts a space between two that are both no texts, `println` always.
    private static func printed(_ a: TemplateArguments, isLine: Bool) throws -> String {
        var text = ""
        for (index, value) in a.values.enumerated() {
            if index > 0, isLine || (!a[index - 1].isText && !value.isText) { text += " " }
            let part = try a.string(value)
            try a.context.reserve(text: text.utf8.count + part.utf8.count)
            text += part
        }
        return text
    }

    /// The arguments that are there, each changed, with spaces between.
    private static func joined(
        _ a: TemplateArguments,
        _ change: (TemplateValue) throws -> String
    ) throws -> TemplateValue {
        var parts: [String] = []
        for value in a.values where !value.isNothing { parts.append(try change(value)) }
        return try a.make(parts.joined(separator: " "))
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": result += "\u{FFFD}"
            case "\"": result += "&#34;"
            case "'": result += "&#39;"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func queryEscaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte == UInt8(ascii: " ") {
                result += "+"
            } else if byte < 128, scalar.isTemplateWord || "-.~".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                result += hex.utf8.count < 2 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}

extension TemplateValue {
    /// Whether this is a text.
    fileprivate var isText: Bool {
        if case .text = self { return true }
        return false
    }
}
