import SheafModel
import SheafStore

/// Why an operation failed: which resource, in which words, with which remedy.
struct OperationFailure {
    private let resource: ResourceID?
    private let cause: any Error

    init(_ error: any Error) {
        resource = (error as? StepFailure)?.resource
        cause = (error as? StepFailure)?.cause ?? error
    }

    var isInterruption: Bool { cause is CancellationError }
    var hint: String? { (cause as? any SheafError)?.hint }
    private var isMissingEngine: Bool { (cause as? any SheafError)?.failureClass == .missingEngine }

    /// The cause in words, without the hint.
    var detail: String {
        if isInterruption { return "it was interrupted" }
        return (cause as? any SheafError)?.message ?? "\(cause)"
    }

    /// The cause in words, with the resource's name and without the hint.
    var reason: String {
        guard let resource, !isInterruption, !detail.contains(resource.description) else { return detail }
        return "\(resource): \(detail)"
    }

    /// As the history keeps it.
    var record: String { hint.map { "\(reason) (\($0))" } ?? reason }

    /// For a failure before anything visible happened.
    var refusal: any Error {
        if isInterruption {
            return EngineError(.interrupted, .interrupted, "interrupted before anything was changed")
        }
        if isMissingEngine || resource == nil { return cause }
        return EngineError(
            .refused,
            .refused,
            "\(reason); nothing was changed",
            hint: hint,
            cause: cause as? any SheafError
        )
    }

    /// For a failure after which everything was undone.
    ///
    /// - Parameters:
    ///   - transaction: What failed.
    ///   - live: What is live now; nil for nothing.
    ///   - undo: What was undone.
    /// - Returns: What the command ends with.
    func restored(_ transaction: OpenTransaction, before live: Revision?, _ undo: UndoReport) -> EngineError {
        let name = "revision \(transaction.revision) of '\(transaction.bundle)'"
        let before = live.map { "revision \($0.number) is live as before" } ?? "nothing of it is left"
        let now = undo.lasting.added(to: before)
        if isInterruption {
            return EngineError(.interrupted, .interrupted, "\(name) was interrupted; \(now)", details: undo.details)
        }
        return EngineError(
            .failed,
            .restored,
            "\(name) failed: \(reason); \(now)",
            hint: hint,
            details: undo.details,
            cause: cause as? any SheafError
        )
    }

    /// For a failure after which even the undo could not be recorded.
    func unrecorded(_ transaction: OpenTransaction, because problem: any Error) -> EngineError {
        EngineError(
            .stuck,
            .stuck,
            "revision \(transaction.revision) of '\(transaction.bundle)' failed: \(reason); it could not be undone: "
                + OperationFailure(problem).reason,
            hint: "remove the cause, then run 'sheaf recover'"
        )
    }
}

/// A failure with the resource that it is about.
struct StepFailure: Error {
    let resource: ResourceID?
    let cause: any Error
}
