/// The port of an instance in texts of a manifest: `$(PORT)`, `${PORT}` and `$PORT` stand for it, and the same with
/// `DATAOS_SERVICE_PORT`.
package enum PortText {
    private static let names = [ResolvedResource.longPortVariable, ResolvedResource.portVariable]

    /// Whether a text names it.
    package static func isNamed(in text: String) -> Bool { filled(text, port: 0) != text }

    /// A text with the port in the place of its names.
    package static func filled(_ text: String, port: Int) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if let end = end(ofNameIn: rest) {
                result += String(port)
                rest = rest[end...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Where a name ends that a text begins with; nil when it begins with none.
    private static func end(ofNameIn text: Substring) -> Substring.Index? {
        let inner = text.dropFirst()
        for (opening, closing) in [("(", ")"), ("{", "}")] where inner.hasPrefix(opening) {
            let name = names.first { inner.dropFirst().hasPrefix($0 + closing) }
            return name.map { inner.index(inner.startIndex, offsetBy: $0.count + 2) }
        }
        guard let name = names.first(where: inner.hasPrefix) else { return nil }
        let end = inner.index(inner.startIndex, offsetBy: name.count)
        // A longer name is another variable's.
        guard end == inner.endIndex || !(inner[end].isLetter || inner[end].isNumber || inner[end] == "_") else {
            return nil
        }
        return end
    }
}
