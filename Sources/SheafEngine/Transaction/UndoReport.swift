import SheafModel

/// What an undo has done, for those who have to find out why it was needed.
struct UndoReport {
    /// A resource of which something was kept.
    struct Kept {
        var resource: ResourceID
        var folder: String
        /// Whether all files are there, secrets included, or only logs without them.
        var isWhole: Bool
    }

    /// What had begun, in the order of the plan.
    var undone: [ResourceID]
    /// What had begun and stays.
    var lasting: LastingEffects
    /// Where the logs of what did not become ready are.
    var kept: [Kept]

    /// How many names stand in one sentence.
    private static let mostNames = 5

    /// One sentence each.
    var details: [String] {
        let logs = kept.map {
            let what =
                $0.isWhole ? "all files of \($0.resource), secrets included, are" : "the log of \($0.resource) is"
            return "\(what) kept in \($0.folder): sheaf logs \($0.resource) --failed"
        }
        guard !undone.isEmpty else { return logs }
        let names = undone.prefix(Self.mostNames).map(\.description).joined(separator: ", ")
        let more = undone.count - Self.mostNames
        return logs + ["undone: \(names)\(more > 0 ? " and \(more) more" : "")"]
    }
}
