package import SheafManifest
import SheafModel

/// What is known of a field of a manifest, as text for people.
package struct FieldText {
    /// Names and types that are wider push what stands behind them to the next line.
    private static let widestName = 28
    private static let widestType = 22
    private static let labelWidth = 15
    /// Longer lists of words are left to the page of their field.
    private static let mostChoices = 8

    let width: Int
    let style: TextStyle

    /// Takes the columns and the colours of the terminal.
    package init(width: Int, style: TextStyle) {
        self.width = width
        self.style = style
    }

    // MARK: Pages

    /// A field, what is known of it, and a line or more for each of the fields below it.
    package func page(_ tree: FieldTree) -> String {
        var text = title(tree)
        let facts = tree.entry.map(facts(of:)) ?? facts(of: tree.field)
        if !facts.isEmpty { text += "\n" + facts.map(line(of:)).joined() }
        guard !tree.children.isEmpty else { return text }
        text += "\n" + heading("Fields") + fields(tree.children)
        if let section = tree.section, !section.children.isEmpty {
            text += "\n" + heading("Fields of '\(section.field.name)'") + fields(section.children)
        }
        let all = tree.children + (tree.section?.children ?? [])
        if all.contains(where: \.field.isRequired) { text += "\n" + style.text("* mandatory", .faint) + "\n" }
        return text
    }

    /// The names and types of all fields below, each level further to the right.
    package func tree(_ tree: FieldTree) -> String {
        let rows = rows(tree.children, level: 1)
        let widest = min(rows.map { PrintableText.width($0.name) }.max() ?? 0, 52)
        let lines = rows.map { row in
            style.text(row.name, .strong) + blanks(max(2, widest + 2 - PrintableText.width(row.name)))
                + style.text(row.type, .faint) + "\n"
        }
        return title(tree) + "\n" + lines.joined()
    }

    private func rows(_ trees: [FieldTree], level: Int) -> [(name: String, type: String)] {
        trees.flatMap { tree in
            let name = blanks(level * 2) + tree.field.name + (tree.field.isRequired ? "*" : "")
            let type = tree.field.type + (tree.isRepeated ? ", as above" : "")
            return [(name, type)] + rows(tree.children, level: level + 1)
        }
    }

    /// The kinds and stacks, a line or more for each.
    package func list(_ library: SchemaLibrary) -> String {
        func lines(_ entries: [SchemaEntry]) -> String {
            columns(entries.map { ($0.name, "", $0.summary) })
        }
        return heading("Kinds of manifests") + lines(library.kinds) + "\n" + heading("Stacks") + lines(library.stacks)
            + "\nRun 'sheaf explain NAME' for its fields.\n"
    }

    // MARK: Parts

    private func title(_ tree: FieldTree) -> String {
        let kind = tree.entry.map { "  \($0.title), \($0.sort == .kind ? "a kind of manifest" : "a stack")" }
        let summary = tree.field.summary
        let text = style.text(tree.field.path, .strong) + (kind ?? "") + "\n"
        return summary.isEmpty ? text : text + WrappedText.hanging("  ", summary, indent: 2, width: width)
    }

    private func heading(_ text: String) -> String { style.text(text, .strong) + "\n" }

    private func line(of fact: (label: String, text: String)) -> String {
        let label = style.text(fact.label, .faint) + blanks(Self.labelWidth - PrintableText.width(fact.label))
        return WrappedText.hanging("  " + label, fact.text, indent: Self.labelWidth + 2, width: width)
    }

    private func facts(of entry: SchemaEntry) -> [(label: String, text: String)] {
        var facts: [(label: String, text: String)] = []
        func add(_ label: String, _ values: [String]) {
            if !values.isEmpty { facts.append((label, values.joined(separator: ", "))) }
        }
        if let instead = entry.instead { add("Deprecated", [instead]) }
        add("Versions", entry.versions)
        add("Also accepted", entry.otherVersions)
        add("Lives in", entry.level.map { [$0 == "workspace" ? "a workspace" : "the instance"] } ?? [])
        add("Runs in", entry.runsIn)
        add("Flavors", entry.flavors)
        add(entry.sort == .kind ? "Other types" : "Other names", entry.spellings)
        return facts
    }

    private func facts(of field: SchemaField) -> [(label: String, text: String)] {
        var facts: [(label: String, text: String)] = []
        func add(_ label: String, _ text: String?) {
            if let text, !text.isEmpty { facts.append((label, text)) }
        }
        if field.isDeprecated { add("Deprecated", field.instead ?? "yes") }
        add("Type", field.type + (field.limits.map { ", \($0)" } ?? "") + (field.isSecret ? ", secret" : ""))
        add("Required", field.isRequired ? "yes" : "no")
        add("Default", field.defaultText)
        add("Values", field.choices.joined(separator: ", "))
        add("Other words", field.synonyms.map { "\($0.word) for \($0.meaning)" }.joined(separator: ", "))
        add("Examples", field.examples.joined(separator: "  "))
        add("Names", field.referencesInWords)
        add("Other keys", field.spellingsInWords)
        add("Note", field.remarks.joined(separator: " "))
        if field.takesStackSpec { add("Fields", "by the stack: name it with --stack") }
        if field.isManifest { add("Fields", "those of any kind: run 'sheaf explain' for the kinds") }
        return facts
    }

    private func fields(_ trees: [FieldTree]) -> String {
        columns(
            trees.map { tree in
                let field = tree.field
                let isOld = field.isDeprecated ? "Deprecated: \(field.instead ?? "leave it out"). " : ""
                let isShort = !field.choices.isEmpty && field.choices.count <= Self.mostChoices
                let choices = isShort ? " One of: \(field.choices.joined(separator: ", "))." : ""
                return (field.name + (field.isRequired ? "*" : ""), field.type, isOld + field.summary + choices)
            }
        )
    }

    /// Names, types and texts in columns; the texts are broken into lines.
    private func columns(_ rows: [(name: String, type: String, text: String)]) -> String {
        let narrow = width < 60
        func column(_ values: [String], _ most: Int) -> Int {
            let widest = values.map(PrintableText.width).filter { $0 <= most }.max() ?? 0
            return widest == 0 ? 0 : widest + 2
        }
        let names = column(rows.map(\.name), narrow ? 16 : Self.widestName)
        let types = column(rows.map(\.type), narrow ? 12 : Self.widestType)
        return rows.map { row in
            let name = "  " + style.text(row.name, .strong) + blanks(names - PrintableText.width(row.name))
            let type = style.text(row.type, .faint) + blanks(types - PrintableText.width(row.type))
            let indent = 2 + names + types
            let isWide =
                PrintableText.width(row.name) + 2 > names || (types > 0 && PrintableText.width(row.type) + 2 > types)
            guard isWide else { return WrappedText.hanging(name + type, row.text, indent: indent, width: width) }
            // Too wide for the columns: the text stands below.
            let first = "  \(style.text(row.name, .strong))  \(style.text(row.type, .faint))\n"
            return first + WrappedText.hanging(blanks(indent), row.text, indent: indent, width: width)
        }.joined()
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
