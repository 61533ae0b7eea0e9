internal import SheafModel

/// The reference of the manifest language as Markdown, one page a kind and one a stack, made from the schemas.
package enum ReferencePages {
    /// All pages with their paths below `docs/manifest`.
    ///
    /// - Throws: `ExplainError` when the schemas contradict each other, which a test rules out.
    package static func all() throws -> [(path: String, text: String)] {
        let entries = SchemaExport.entries()
        var pages = [(path: "README.md", text: index(entries))]
        for entry in entries {
            let field = try FieldExplainer.explain(entry.name, isRecursive: true)
            let folder = entry.sort == "stack" ? "stacks/" : ""
            pages.append(("\(folder)\(entry.name).md", page(entry, field)))
        }
        return pages
    }

    private static let origin = "Made from the schemas by `make docs`; do not edit."

    private static func index(_ entries: [SchemaExport.Entry]) -> String {
        var lines = [
            "# Manifests", "", "What each kind of manifest and each stack takes. \(origin)", "",
            "`sheaf explain KIND.path` shows the same in the terminal.", "", "| Kind | Version | Meaning |",
            "| --- | --- | --- |",
        ]
        for entry in entries where entry.sort == "kind" {
            lines.append("| [\(entry.name)](\(entry.name).md) | \(entry.versions.first ?? "") | \(entry.description) |")
        }
        lines += ["", "| Stack | Meaning |", "| --- | --- |"]
        for entry in entries where entry.sort == "stack" {
            lines.append("| [\(entry.name)](stacks/\(entry.name).md) | \(entry.description) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func page(_ entry: SchemaExport.Entry, _ field: FieldDescription) -> String {
        var lines = ["# \(entry.name)", "", field.description, ""]
        for note in field.notes { lines.append("* \(note)") }
        lines += ["", origin, "", "| Key | Type | Meaning |", "| --- | --- | --- |"]
        for child in field.children { add(child, &lines) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func add(_ field: FieldDescription, _ lines: inout [String]) {
        let path = field.path.split(separator: ".").dropFirst().joined(separator: ".")
        lines.append("| `\(path)` | \(field.type) | \(meaning(field)) |")
        for child in field.children { add(child, &lines) }
    }

    private static func meaning(_ field: FieldDescription) -> String {
        var parts = [field.description]
        if field.isRequired { parts.append("**Required.**") }
        if let value = field.defaultValue?.scalarText { parts.append("Default: `\(value)`.") }
        if !field.allowed.isEmpty { parts.append("One of \(field.allowed.map { "`\($0)`" }.joined(separator: ", ")).") }
        if let instead = field.deprecated { parts.append("Deprecated: \(instead).") }
        if !field.references.isEmpty { parts.append("Names: \(field.references.joined(separator: ", ")).") }
        if !field.aliases.isEmpty { parts.append("Also: \(field.aliases.map { "`\($0)`" }.joined(separator: ", ")).") }
        if !field.notes.isEmpty { parts.append(field.notes.map { "\($0)." }.joined(separator: " ")) }
        return parts.filter { !$0.isEmpty }.joined(separator: " ").replacing("|", with: "\\|")
    }
}
