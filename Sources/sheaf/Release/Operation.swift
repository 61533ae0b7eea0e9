import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore
import SheafSystem

/// Carries out a target for a command: with progress, interruption and the outcome in words.
struct Operation {
    let context: CommandContext
    let store: Store
    let form: EventOptions.Form

    /// Carries out a target and tells what happens.
    ///
    /// - Parameters:
    ///   - target: What shall be live.
    ///   - name: What the lease calls the operation, such as `apply`.
    ///   - agree: Sees what would be done, before anything is, and throws when that is not what was wanted.
    ///   - keep: Keeps what the target needs later, and holds it until that is recorded; is called unless the target is
    ///     live already.
    ///   - options: How it is done.
    ///   - finally: Is called when the target is live, to tell more.
    /// - Throws: What the engine throws; the report of what happened is told already.
    func carryOut(
        _ target: Target,
        named name: String,
        agreeing agree: (@Sendable (Plan) throws -> Void)? = nil,
        keeping keep: @escaping @Sendable () throws -> FileLock? = { nil },
        options: OperationOptions,
        finally: (EventReporter) throws -> Void = { _ in }
    ) async throws {
        // What is being changed must end well even when nobody reads about it any more.
        StandardStreams.carryOnWithoutReader()
        let reporter = context.reporter(form)
        let engine = context.engine(name, store: store) { reporter.report($0) }
        let outcome: Outcome
        do {
            outcome = try await cancellable(reporter) {
                try await engine.carryOut(target, options: options, agreeing: agree, keeping: keep)
            }
        } catch {
            reporter.tellFailure(error)
            throw error
        }
        tell(outcome, of: target, options: options, reporter: reporter)
        try finally(reporter)
    }

    private func cancellable(
        _ reporter: EventReporter,
        _ operation: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await Interruption.cancels(
            onSignal: { reporter.tell(.interrupted) },
            operation
        )
    }

    private func unchanged(_ target: Target, _ revision: Int, _ options: OperationOptions) -> String {
        guard target.desired == nil else {
            return "nothing to do: revision \(revision) of '\(target.bundle)' is live and the same"
        }
        let deleted = "'\(target.bundle)' is deleted already (revision \(revision))"
        guard options.deletesData else { return deleted }
        return
            "\(deleted), and its data is kept: bring it back with 'sheaf rollback \(target.bundle)', then delete with"
            + " --delete-data"
    }

    private func tell(_ outcome: Outcome, of target: Target, options: OperationOptions, reporter: EventReporter) {
        switch outcome {
        case .unchanged(let revision):
            reporter.tell(
                OutputEvent(
                    type: "unchanged",
                    time: Date.now,
                    level: .success,
                    message: unchanged(target, revision, options),
                    bundle: target.bundle,
                    revision: revision
                )
            )
        case .changed(let revision, let plan, let isTidy):
            let counts = Change.Action.allCases.map { (plan.count($0), ActionWords.of($0).done) }
                .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
            let kept = options.deletesData ? "" : keptData(plan)
            let warning = isTidy ? "" : "; something old could not be removed yet, 'sheaf recover' tries again"
            reporter.tell(
                OutputEvent(
                    type: "done",
                    time: Date.now,
                    level: isTidy ? .success : .warning,
                    message: "done: \(counts.isEmpty ? "no resource changed" : counts)\(kept)\(warning)",
                    bundle: target.bundle,
                    revision: revision
                )
            )
        }
    }

    /// Where the data of deleted volumes still is.
    private func keptData(_ plan: Plan) -> String {
        let folders = plan.changes.filter { $0.action == .delete && $0.resource.kind == .volume }
            .map { context.executor.folder(ofVolume: $0.resource) }.sorted()
            .filter { FileManager.default.fileExists(atPath: $0) }
        return folders.isEmpty ? "" : "; their data is kept in \(folders.joined(separator: ", "))"
    }
}

extension OutputEvent {
    /// A first signal has come.
    static var interrupted: OutputEvent {
        OutputEvent(
            type: "interrupted",
            time: Date.now,
            level: .warning,
            message: "interrupted: undoing what was begun; once more ends at once, and the next command undoes"
        )
    }
}
