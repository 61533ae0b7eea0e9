package import SheafManifest
import SheafModel

/// What is known of a key, as text for the terminal.
package enum ExplanationText {
    private static let width = 100

    /// Renders a key with its children.
    ///
    /// - Returns: Lines with their ends.
    package static func render(_ field: FieldDescription, isRecursive: Bool) -> String {
        var text = "\(field.path)  <\(field.type)>\(field.isRequired ? "  required" : "")\n"
        if !field.description.isEmpty { text += "\n" + wrapped(field.description, indent: 2) }
        let facts = facts(field)
        if !facts.isEmpty { text += "\n" + facts.map { wrapped($0, indent: 2) }.joined() }
        if !field.children.isEmpty {
            text += "\nKEYS\n"
            for child in field.children { text += line(child, depth: 1, isRecursive: isRecursive) }
        }
        return text
    }

    private static func facts(_ field: FieldDescription) -> [String] {
        var facts: [String] = []
        if let value = field.defaultValue { facts.append("Default: \(shown(value))") }
        if !field.allowed.isEmpty { facts.append("One of: \(field.allowed.joined(separator: ", "))") }
        if !field.references.isEmpty { facts.append("Names: \(field.references.joined(separator: ", "))") }
        if !field.aliases.isEmpty { facts.append("Also written: \(field.aliases.joined(separator: ", "))") }
        if !field.examples.isEmpty { facts.append("Examples: \(field.examples.map(shown).joined(separator: "; "))") }
        if let instead = field.deprecated { facts.append("Deprecated: \(instead)") }
        if field.isSecret { facts.append("Secret: keep it out of what is committed") }
        return facts + field.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }

    private static func line(_ field: FieldDescription, depth: Int, isRecursive: Bool) -> String {
        let indent = depth * 2
        let name = field.path.split(separator: ".").last.map(String.init) ?? field.path
        var text = String(repeating: " ", count: indent) + "\(name)  <\(field.type)>"
        if field.isRequired { text += "  required" }
        if field.deprecated != nil { text += "  deprecated" }
        text += "\n"
        if !field.description.isEmpty { text += wrapped(field.description, indent: indent + 4) }
        guard isRecursive else { return text }
        return text + field.children.map { line($0, depth: depth + 1, isRecursive: true) }.joined()
    }

    private static func shown(_ value: JSONValue) -> String {
        if let text = value.scalarText { return text }
        // What cannot be encoded is not shown: these values come from the embedded schemas, which tests read.
        return (try? Rendering.jsonLine(value)) ?? ""
    }

    private static func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        lines.append(line)
        return lines.map { margin + $0 + "\n" }.joined()
    }
}
