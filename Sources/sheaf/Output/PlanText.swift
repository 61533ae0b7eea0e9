import FoundationEssentials
package import SheafModel

/// A plan as text for people.
///
/// A header, one line for each resource with its sign (`+` create, `~` update, `-` delete, `=` keep) and the reasons, the
/// fields that differ below it, and the totals. Values of secrets never show.
package struct PlanText: Sendable {
    /// What stands for a value of a secret.
    package static let mask = "•••"

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
        return [notes.isEmpty ? head : "\(head)\(padding)  \(notes)"] + change.differences.map(line)
    }

    private func line(_ difference: Change.Difference) -> String {
        let (before, after) = values(difference)
        return "        \(PrintableText.oneLine(difference.path)): \(before) -> \(after)"
    }

    private func values(_ difference: Change.Difference) -> (before: String, after: String) {
        func text(_ value: JSONValue) -> String { difference.isSecret ? Self.mask : Self.text(value) }
        let before = difference.before.map(text), after = difference.after.map(text)
        let start = Self.excerptStart(before ?? "", after ?? "")
        func shown(_ text: String?) -> String { text.map { Self.cut($0, from: start) } ?? Self.absent }
        return (shown(before), shown(after))
    }

    private static let absent = "(none)"
    private static let longest = 60

    private static func text(_ value: JSONValue) -> String {
        // Encoding fails for infinite numbers only, and no manifest has them; the plan is shown all the same.
        let data = try? CanonicalJSON.encode(value)
        return PrintableText.oneLine(data.map { String(decoding: $0, as: UTF8.self) } ?? String(describing: value))
    }

    /// Where two long values are shown from, so that the first difference is in sight.
    private static func excerptStart(_ before: String, _ after: String) -> Int {
        guard max(before.count, after.count) > longest else { return 0 }
        let common = zip(before, after).prefix { $0 == $1 }.count
        return common > longest / 2 ? common - longest / 6 : 0
    }

    private static func cut(_ text: String, from start: Int) -> String {
        let rest = text.dropFirst(start)
        let head = start > 0 ? "…" : ""
        return rest.count > longest ? head + rest.prefix(longest) + "…" : head + rest
    }
}
