/// Names and texts as parts of SQL.
package enum Sql {
    /// The longest name that PostgreSQL keeps, in bytes.
    static let longestName = 63

    /// A name in quotes.
    package static func name(_ name: String) -> String {
        "\"\(String(name.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] }))\""
    }

    /// A text in quotes; null for nil.
    package static func text(_ text: String?) -> String {
        guard let text else { return "null" }
        // With E'' it does not matter how the server reads backslashes.
        let escaped = text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            switch scalar {
            case "'": ["'", "'"]
            case "\\": ["\\", "\\"]
            case "\0": []
            default: [scalar]
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: escaped)
        return "E'\(String(view))'"
    }

    /// A name cut to what PostgreSQL keeps, between characters.
    package static func clipped(_ name: String) -> String {
        var clipped = name
        while clipped.utf8.count > longestName { clipped.removeLast() }
        return clipped
    }
}
