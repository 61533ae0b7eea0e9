internal import SheafModel

extension ExpressionPass {
    /// What was filled in so far.
    var report: ValueReport {
        let uses = (evaluator?.uses ?? []).sorted { left, right in
            let a = (left.place.file, left.place.line, left.place.column)
            let b = (right.place.file, right.place.line, right.place.column)
            return a < b
        }
        return ValueReport(uses: uses, hasExpressions: !places.isEmpty)
    }

    /// Warns of values from the command line that no expression asked for: their paths may be misspelled.
    mutating func reportUnusedSettings() {
        guard let scope = evaluator?.scope, let asked = evaluator?.askedFor else { return }
        for setting in scope.settings {
            let isUsed = asked.contains { path in
                path.prefix(setting.path.count) == setting.path[...] || setting.path.prefix(path.count) == path[...]
            }
            guard !isUsed else { continue }
            let known = asked.map(\.text).filter { !$0.isEmpty }.sorted()
            findings.report(
                .unusedSetting,
                "no expression asks for '\(setting.path.text)', which \(setting.name) gives",
                at: nil,
                help: Suggestion.help(for: setting.path.text, among: known)
            )
        }
    }
}
