import SheafEngine
import SheafModel

/// Earlier incarnations of a workflow, which stay as long as jobs of theirs run.
extension IncarnationKeeper {
    /// Removes the incarnations of a workflow in which nothing runs any more.
    ///
    /// - Parameters:
    ///   - id: The workflow.
    ///   - live: The number of the one that stays in any case; nil ends and removes all.
    /// - Throws: `ExecutorError` with `file-failure` or `stop-failed`.
    func removeEarlier(of id: ResourceID, than live: Int?) async throws {
        let numbers = (FileTree.names(in: home.folder(of: id)) ?? []).compactMap { Int($0) }.sorted()
        for number in numbers where live.map({ number < $0 }) ?? true {
            let incarnation = Incarnation(
                resource: id,
                files: home.files(of: id, generation: number),
                patience: patience
            )
            let isAlive = try await BlockingCalls.run { incarnation.awaitSupervisor() != nil }
            guard live == nil || !isAlive else { continue }
            try await remove(incarnation)
        }
    }
}
