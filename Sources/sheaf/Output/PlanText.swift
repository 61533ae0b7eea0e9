package import SheafModel

/// A plan as text for people.
///
/// A header, one line for each resource with its sign (`+` create, `~` update, `-` delete, `=` keep) and the reasons, the
/// fields that differ below it, and the totals. Values of secrets never show.
package struct PlanText: Sendable {
    private let plan: Plan
    private let revision: Int?
    private let style: TextStyle

    /// - Parameters:
    ///   - plan: What to show.
    ///   - revision: The number that the plan's revision would get; nil where there will be none.
    ///   - style: Colours, or none.
    package init(_ plan: Plan, revision: Int? = nil, style: TextStyle = .plain) {
        self.plan = plan
        self.revision = revision
        self.style = style
    }

    /// The lines with their ends.
    package func render() -> String {
        let width = plan.changes.map { PrintableText.width($0.resource.description) }.max() ?? 0
        let body = plan.changes.flatMap { lines($0, width: width) }
        let blocks = [[header], body, [totals]].filter { !$0.isEmpty }
        return blocks.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private var header: String {
        let to = revision.map { " -> \($0)" } ?? ""
        let revisions = plan.fromRevision.map { "revision \($0)\(to)" } ?? "first revision"
        return style.text("Bundle \(PrintableText.oneLine(plan.bundle)), \(revisions)", .strong)
    }

    private var totals: String {
        let counts =
            "\(plan.count(.create)) to create, \(plan.count(.update)) to update, "
            + "\(plan.count(.delete)) to delete, \(plan.count(.keep)) kept."
        return plan.isEmpty ? "No changes: \(counts)" : "Plan: \(counts)"
    }

    private func lines(_ change: Change, width: Int) -> [String] {
        let (sign, word, role): (String, String, TextStyle.Role) =
            switch change.action {
            case .create: ("+", "create", .good)
            case .update: ("~", "update", .caution)
            case .delete: ("-", "delete", .bad)
            case .keep: ("=", "keep  ", .faint)
            }
        let name = PrintableText.oneLine(change.resource.description)
        let padding = String(repeating: " ", count: width - PrintableText.width(name))
        let handover = change.handsOver ? ["the port is handed over: a short interruption"] : []
        let notes = (change.reasons + handover).map(PrintableText.oneLine).joined(separator: "; ")
        let head = style.text("  \(sign) \(word)  \(name)", role)
        return [notes.isEmpty ? head : "\(head)\(padding)  \(notes)"]
            + change.differences.map { "        " + DifferenceText.line($0) }
    }
}
