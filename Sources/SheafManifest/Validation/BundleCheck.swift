internal import SheafModel

/// Checks the items of one bundle against each other.
struct BundleCheck {
    /// What is known of the manifest of an item.
    struct Facts: Sendable {
        var kind: ResourceKind
        var isScheduled: Bool

        init(kind: ResourceKind, isScheduled: Bool) {
            self.kind = kind
            self.isScheduled = isScheduled
        }

        init?(_ manifest: ReadManifest?) {
            guard let manifest, let kind = manifest.kind else { return nil }
            self.kind = kind
            isScheduled = manifest.section?.value["schedule"] != nil
        }
    }

    let mode: KindValidator.Mode

    /// Reports what is wrong with ids, dependencies and conditions.
    ///
    /// - Parameters:
    ///   - items: The items of one bundle.
    ///   - facts: By item id, where the item's manifest could be read.
    ///   - findings: Where to report.
    func run(_ items: [BundleItem], facts: [String: Facts], _ findings: inout Findings) {
        let check = DependencyCheck(owner: "bundle", duplicateCode: .duplicateItem, mode: mode)
        check.run(items.map { .init(name: $0.id, needs: $0.needs) }, &findings)
        for item in items {
            if item.conditions.isEmpty { continue }
            let named = Set(item.dependencies.map(\.text))
            for condition in item.conditions {
                checkEdge(condition, of: item, named, &findings)
                checkTests(condition, facts[condition.item.text], &findings)
            }
        }
    }

    private func checkEdge(
        _ condition: BundleItem.Condition,
        of item: BundleItem,
        _ named: Set<String>,
        _ findings: inout Findings
    ) {
        guard !named.contains(condition.item.text), condition.item.text != item.id.text else { return }
        findings.report(
            .conditionWithoutDependency,
            "'\(item.id.text)' has a condition for '\(condition.item.text)', which is not among its dependencies; "
                + "the dependency is implied",
            at: condition.item.span,
            help: "add '\(condition.item.text)' to 'dependencies'"
        )
    }

    private func checkTests(_ condition: BundleItem.Condition, _ facts: Facts?, _ findings: inout Findings) {
        let tests = [condition.status, condition.runtime].compactMap { $0 }
        if tests.isEmpty {
            findings.report(
                .emptyCondition,
                "the condition for '\(condition.item.text)' tests neither 'status' nor 'runtime'",
                at: condition.item.span,
                help: "add 'status:' or 'runtime:' with 'is:' or 'contains:'"
            )
        }
        for test in tests where test.words.isEmpty {
            findings.report(
                .emptyCondition,
                "the condition for '\(condition.item.text)' names no state",
                at: test.key,
                help: "add 'is:' or 'contains:' with at least one word"
            )
        }
        if let status = condition.status { checkWords(status, of: "status", Self.statuses, &findings) }
        if let runtime = condition.runtime { checkWords(runtime, of: "runtime", Self.runtimes, &findings) }
        if let runtime = condition.runtime, let facts { checkRuntime(runtime, facts, condition, &findings) }
    }

    /// A word of `is` that no resource is known to show would be waited for in vain.
    private func checkWords(_ test: BundleItem.Test, of kind: String, _ known: [String], _ findings: inout Findings) {
        for word in test.words.prefix(test.test.is.count) {
            let base = String(word.text.prefix { $0 != ":" })
            guard !known.contains(base), !PlaceholderText.occurs(in: word.text) else { continue }
            findings.report(
                .doubtfulCondition,
                "'\(word.text)' is no \(kind) that a resource is known to have",
                at: word.span,
                help: Suggestion.help(for: word.text, among: known) ?? "known are \(known.joined(separator: ", "))"
            )
        }
    }

    private func checkRuntime(
        _ runtime: BundleItem.Test,
        _ facts: Facts,
        _ condition: BundleItem.Condition,
        _ findings: inout Findings
    ) {
        let id = condition.item.text
        guard Self.kindsWithRuntime.contains(facts.kind) else {
            findings.report(
                .impossibleCondition,
                "the condition can never hold: '\(id)' is a \(facts.kind.rawValue), which has no runtime state",
                at: runtime.key,
                help: "test its 'status' instead"
            )
            return
        }
        guard let word = runtime.words.first(where: { $0.text == "succeeded" }), runtime.words.count == 1 else {
            return
        }
        if facts.isScheduled {
            findings.report(
                .doubtfulCondition,
                "'\(id)' runs by a schedule: between its runs its runtime is 'next:…', not 'succeeded'",
                at: word.span
            )
        } else if facts.kind == .service || facts.kind == .worker {
            findings.report(
                .doubtfulCondition,
                "a \(facts.kind.rawValue) never completes, so '\(id)' does not become 'succeeded'",
                at: word.span,
                help: "test for 'running'"
            )
        }
    }

    private static let statuses = ["active", "pending", "error", "failed", "deleted", "warning"]

    /// Semantics of the platform: phases of runs, instances and schedules, and those of nodes.
    private static let runtimes = [
        "running", "succeeded", "failed", "pending", "next", "inprogress", "completed",
    ]

    private static let kindsWithRuntime: Set<ResourceKind> = [
        .workflow, .service, .worker, .cluster, .monitor, .pager, .resource, .database,
    ]
}
