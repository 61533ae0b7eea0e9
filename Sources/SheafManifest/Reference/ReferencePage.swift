/// The page of a kind or a stack: a table for each mapping, in the order in which one meets them.
struct ReferencePage {
    /// A mapping that gets a table of its own.
    private struct Section {
        var field: SchemaField
        var heading: String
    }

    let reference: SchemaReference
    let entry: SchemaEntry
    /// The sections that shared definitions have on this page.
    private var headings: [String: String] = [:]
    private var sections: [Section] = []

    init(reference: SchemaReference, entry: SchemaEntry) {
        self.reference = reference
        self.entry = entry
    }

    /// The page, with the end of its last line.
    mutating func text() -> String {
        let root = reference.field(of: entry)
        var parts = ["# \(entry.title)\n\n\(entry.summary)\n", facts()]
        parts.append("## Fields\n\n" + table(of: root))
        // Each table may call for more of them.
        var next = 0
        while next < sections.count {
            let section = sections[next]
            next += 1
            var part = "## `\(section.heading)`\n\n"
            if !section.field.summary.isEmpty { part += "\(section.field.summary)\n\n" }
            part += table(of: section.field)
            parts.append(part)
        }
        return parts.joined(separator: "\n")
    }

    // MARK: Facts

    private func facts() -> String {
        var lines: [String] = []
        func add(_ label: String, _ values: [String]) {
            if !values.isEmpty { lines.append("* \(label): \(values.joined(separator: ", "))\n") }
        }
        if let instead = entry.instead { lines.append("* Deprecated: \(instead).\n") }
        if entry.sort == .kind {
            add("Written as", ["`type: \(entry.name)`", "`version: \(entry.versions.first ?? "v1")`"])
            add("Versions that are accepted, too", (entry.versions.dropFirst() + entry.otherVersions).map(Self.code))
            add("Lives in", [entry.level == "workspace" ? "a workspace" : "the instance"])
            add("Has a runtime state", [entry.isRunnable ? "yes" : "no"])
            if !entry.isDeployable { lines.append("* It is described, not deployed.\n") }
        } else {
            add("Written as", ["`stack: \(entry.exampleName)`"])
            add("Versions", entry.versions.map(Self.code))
            add("Flavors", entry.flavors.map(Self.code))
            add("Runs in", entry.runsIn.map { "[\($0)](../\($0).md)" })
            add("Other names", entry.spellings.map(Self.code))
        }
        return lines.joined()
    }

    // MARK: Tables

    private mutating func table(of field: SchemaField) -> String {
        let rows = reference.children(of: field).map { child in
            [
                Self.code(child.name) + (child.isRequired ? " **required**" : ""), type(of: child),
                child.defaultText.map(Self.code) ?? "", meaning(of: child),
            ]
        }
        guard !rows.isEmpty else { return "No fields.\n" }
        return ReferencePages.table(["Field", "Type", "Default", "Meaning"], rows)
    }

    /// The type, which leads to the table of a mapping.
    private mutating func type(of field: SchemaField) -> String {
        let text = ReferencePages.cell(field.type)
        if field.takesStackSpec { return "[by the stack](\(home)README.md#stacks)" }
        if field.isManifest { return "[manifest](\(home)README.md#kinds)" }
        guard !reference.children(of: field).isEmpty else { return text }
        return "[\(text)](#\(Self.anchor(of: heading(of: field))))"
    }

    /// The heading of a mapping's table, the same for all fields that share its definition.
    private mutating func heading(of field: SchemaField) -> String {
        let definition = reference.definition(of: field)
        if let definition, let known = headings[definition] { return known }
        let heading = field.path.split(separator: ".").dropFirst().joined(separator: ".") + reference.suffix(of: field)
        if let definition { headings[definition] = heading }
        sections.append(Section(field: field, heading: heading))
        return heading
    }

    /// The way to the folder of the index.
    private var home: String { entry.sort == .kind ? "" : "../" }

    private func meaning(of field: SchemaField) -> String {
        var parts: [String] = []
        if field.isDeprecated { parts.append("Deprecated: \(ReferencePages.cell(field.instead ?? "leave it out")).") }
        if !field.summary.isEmpty { parts.append(ReferencePages.cell(field.summary)) }
        if field.isSecret { parts.append("Secret.") }
        if !field.choices.isEmpty {
            let isFixed = field.choices.count == 1
            parts.append("\(isFixed ? "Always" : "One of") \(field.choices.map(Self.code).joined(separator: ", ")).")
        }
        if let limits = field.limits { parts.append("\(limits.prefix(1).uppercased())\(limits.dropFirst()).") }
        if let names = field.referencesInWords { parts.append("Names \(ReferencePages.cell(names)).") }
        if !field.examples.isEmpty {
            parts.append("Such as \(field.examples.map(Self.code).joined(separator: ", ")).")
        }
        if let spellings = field.spellingsInWords { parts.append("Also written \(ReferencePages.cell(spellings)).") }
        parts += field.remarks.map(ReferencePages.cell)
        return parts.joined(separator: " ")
    }

    private static func code(_ text: String) -> String { ReferencePages.code(text) }

    /// The anchor that Markdown gives a heading.
    private static func anchor(of heading: String) -> String {
        String(
            heading.lowercased().compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_"
                    ? character : nil
            }
        )
    }
}
