import SheafModel

/// A plan as text for people.
///
/// A header, one line for each resource with a sign (`+` create, `<` adopt, `~` update in place, `±` replace, `>` run again,
/// `-` delete, `=` keep) and the reasons, below it the fields that differ and what follows, and the totals. Values of
/// secrets never show.
package struct PlanText: Sendable {
    /// How many affected resources are named.
    private static let mostNamed = 3

    private let plan: PlanDocument
    private let showsKept: Bool
    private let style: TextStyle

    /// - Parameters:
    ///   - plan: What to show.
    ///   - showsKept: Whether resources that are kept have a line each; otherwise they are only counted.
    ///   - style: Colours, or none.
    package init(_ plan: PlanDocument, showsKept: Bool = false, style: TextStyle = .plain) {
        self.plan = plan
        self.showsKept = showsKept
        self.style = style
    }

    /// The lines with their ends.
    ///
    /// - Throws: `ArchiveError` when there is no memory to compare two texts.
    package func render() throws -> String {
        let shown = plan.changes.filter { showsKept || $0.action != .keep }
        let names = shown.map { PrintableText.width(PrintableText.oneLine($0.resource.description)) }.max() ?? 0
        let words = shown.map { ActionWords.of($0.action).plain.count }.max() ?? 0
        let body = try shown.flatMap { try lines($0, nameWidth: names, wordWidth: words) }
        let blocks = [header, body, [totals]].filter { !$0.isEmpty }
        return blocks.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    // MARK: Header

    private var header: [String] {
        let name = [plan.bundle, plan.version].compactMap(\.self).joined(separator: " ")
        let what = "Bundle \(name), \(revisions), in \(plan.home)"
        return [style.text(PrintableText.oneLine(what), .strong)]
            + (origin.isEmpty ? [] : [PrintableText.oneLine(origin)])
    }

    private var revisions: String {
        let restored = plan.restores.map { " (restores \($0))" } ?? ""
        switch (plan.fromRevision, plan.toRevision) {
        case (let from?, let to?): return "revision \(from) -> \(to)\(restored)"
        case (let from?, nil): return "revision \(from)"
        case (nil, let to?) where to > 1: return "none live -> revision \(to)\(restored)"
        default: return "first revision"
        }
    }

    private var origin: String {
        guard let archive = plan.archive else { return "" }
        let commit = plan.provenance.flatMap { origin in
            origin.commit.map { "commit \($0.prefix(12))\(origin.dirty ? " with uncommitted changes" : "")" }
        }
        let environment = plan.environment.map { "environment \($0)" }
        return (["Archive sha256:\(archive.short)"] + [commit, environment].compactMap(\.self)).joined(separator: ", ")
    }

    // MARK: Resources

    private func lines(_ change: Change, nameWidth: Int, wordWidth: Int) throws -> [String] {
        let words = ActionWords.of(change.action)
        let name = PrintableText.oneLine(change.resource.description)
        let gap = String(repeating: " ", count: wordWidth - words.plain.count + 2)
        let head = style.text("  \(words.sign) \(words.plain)\(gap)\(name)", words.role)
        let padding = String(repeating: " ", count: nameWidth - PrintableText.width(name) + 2)
        let notes = change.reasons.map(PrintableText.oneLine).joined(separator: "; ")
        let differences = try change.differences.flatMap { try DifferenceText.lines($0, style: style) }
        return [notes.isEmpty ? head : "\(head)\(padding)\(notes)"]
            + (differences + consequences(change)).map { "        \($0)" }
    }

    /// What follows from a change, unless it is what everybody expects.
    private func consequences(_ change: Change) -> [String] {
        let facts = [interruption(change), affected(change), compensation(change)].compactMap(\.self)
        let lines = facts.isEmpty ? [] : [style.text(facts.joined(separator: "; "), .faint)]
        guard case .none(let why) = change.undo else { return lines }
        return lines + [style.text("cannot be undone: \(why)", .caution)]
    }

    private func interruption(_ change: Change) -> String? {
        guard change.interruption == .none else { return change.interruption.description }
        // Only where one would expect some.
        let isExpected = change.resource.kind.runsProcesses && (change.action == .update || change.action == .replace)
        return isExpected ? change.interruption.description : nil
    }

    private func affected(_ change: Change) -> String? {
        guard !change.affects.isEmpty else { return nil }
        let named = change.affects.prefix(Self.mostNamed).map(\.description)
        let more = change.affects.count - named.count + change.affectsMore
        return PrintableText.oneLine("affects \(named.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")")
    }

    private func compensation(_ change: Change) -> String? {
        guard case .compensated(let how) = change.undo else { return nil }
        return "undo: \(how)"
    }

    // MARK: Totals

    private var totals: String {
        let counts = Change.Action.allCases.filter { plan.count($0) > 0 }.map { action in
            action == .keep ? "\(plan.count(action)) kept" : "\(plan.count(action)) to \(ActionWords.of(action).plain)"
        }
        let list = counts.isEmpty ? "there are no resources" : counts.joined(separator: ", ")
        if plan.isEmpty {
            let revision = plan.toRevision.map { " Revision \($0) would record the archive and its version." } ?? ""
            return "No changes: \(list).\(revision)"
        }
        return (["Plan: \(list).", copies, restarts, irreversible]).compactMap(\.self).joined(separator: " ")
    }

    private var copies: String? {
        guard let copies = plan.copies, !copies.isEmpty else { return nil }
        let names = copies.map { PrintableText.oneLine($0.description) }.joined(separator: ", ")
        return "Copies the data of \(names) aside first."
    }

    private var restarts: String? {
        let count = plan.totals["restart"] ?? 0
        return count > 0 ? "Restarts \(count) \(count == 1 ? "process" : "processes")." : nil
    }

    private var irreversible: String? {
        let count = plan.totals["irreversible"] ?? 0
        guard count > 0 else { return nil }
        return style.text("\(count) \(count == 1 ? "step" : "steps") cannot be undone.", .caution)
    }
}
