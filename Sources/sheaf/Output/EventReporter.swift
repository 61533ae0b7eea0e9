import FoundationEssentials
import SheafEngine
import SheafModel
import Synchronization

/// Turns what the engine does into what people and programs read.
final class EventReporter: Sendable {
    /// Which transaction is at work, so that each event says where it belongs.
    private struct Scope {
        var bundle: String?
        var revision: Int?
        var steps: [ResourceID] = []
    }

    private let printer: EventPrinter
    private let scope = Mutex(Scope())

    init(printer: EventPrinter) { self.printer = printer }

    func report(_ event: EngineEvent) {
        if case .began(let bundle, let revision, let steps) = event {
            scope.withLock { $0 = Scope(bundle: bundle, revision: revision, steps: steps) }
        }
        guard let output = output(for: event) else { return }
        tell(output)
    }

    /// Tells how an operation failed, as the last of its events.
    ///
    /// People read it as the error that the command ends with.
    func tellFailure(_ error: any Error) {
        guard printer.isForPrograms else { return }
        let known = error as? any SheafError
        var event = make("error", .failure, known?.description ?? "\(error)")
        event.code = known?.code
        event.help = known?.hint
        event.details = known.flatMap { $0.details.isEmpty ? nil : $0.details }
        tell(event)
    }

    /// Tells of something that is no event of the engine.
    func tell(_ event: OutputEvent) {
        do {
            try printer.print(event)
        } catch {
            StandardStreams.error.write("an event could not be written: \(error)\n")
        }
    }

    /// Tells programs the result of a command.
    func tell(result: some Encodable) {
        do {
            try printer.print(result: result, at: Date.now)
        } catch {
            StandardStreams.error.write("the result could not be written: \(error)\n")
        }
    }

    private func output(for event: EngineEvent) -> OutputEvent? {
        switch event {
        case .recovering(let bundle, let revision):
            make(
                "recovering",
                .warning,
                "an interrupted change to '\(bundle)' (revision \(revision)) is being settled",
                bundle,
                revision
            )
        case .recovered(let bundle, let revision, let isLive):
            make(
                "recovered",
                .success,
                isLive
                    ? "revision \(revision) of '\(bundle)' is live" : "revision \(revision) of '\(bundle)' was undone",
                bundle,
                revision
            )
        case .recoveryFailed(let bundle, let reason):
            make("recovery-failed", .warning, "'\(bundle)' cannot be settled now: \(reason)", bundle)
        case .closingFailed(let bundle, let reason):
            make("closing-failed", .warning, "done, but the journal cannot be closed: \(reason)", bundle)
        case .toBeConfirmed(let waiting):
            make(
                "to-be-confirmed",
                .warning,
                "revision \(waiting.revision) of '\(waiting.bundle)' is to be confirmed until"
                    + " \(Rendering.date(waiting.deadline)): sheaf confirm \(waiting.bundle)",
                waiting.bundle,
                waiting.revision
            )
        case .confirmationSettled(let bundle, let revision, let successor):
            make(
                "confirmation-settled",
                .info,
                "revision \(revision) of '\(bundle)' need not be confirmed any more: revision \(successor) follows it",
                bundle,
                successor
            )
        case .reverting(let bundle, let revision):
            make(
                "reverting",
                .warning,
                "revision \(revision) of '\(bundle)' was not confirmed in time: what was live before is put back",
                bundle
            )
        case .contentKept(let bundle, let count):
            make(
                "content-kept",
                .warning,
                "\(count) \(count == 1 ? "blob" : "blobs") of '\(bundle)' were missing in the content store, and are kept again",
                bundle
            )
        case .began(let bundle, let revision, let steps):
            make(
                "began",
                .info,
                "revision \(revision) of '\(bundle)': \(steps.count) \(steps.count == 1 ? "change" : "changes")",
                bundle,
                revision
            )
        case .preparing, .observed: nil
        case .snapshotTaken(let snapshot):
            make("snapshot", .info, SnapshotText.taken(snapshot), resource: snapshot.id.volume)
        case .dataKept(let bundle, let revision, let live, let volumes):
            make(
                "data-kept",
                .warning,
                SnapshotText.kept(bundle: bundle, revision: revision, live: live, volumes: volumes),
                bundle,
                revision
            )
        case .performing(let id, let action): make("performing", .info, ActionWords.of(action).doing, resource: id)
        case .retrying(let id, let reason): make("retrying", .warning, "trying again: \(reason)", resource: id)
        case .ready(let id, let state): make("ready", .success, ready(state), resource: id)
        case .failed(let id, let reason): make("failed", .failure, reason, resource: id)
        case .compensating(let bundle, let revision):
            make("compensating", .warning, "undoing revision \(revision) of '\(bundle)'", bundle, revision)
        case .reverted(let id): make("reverted", .info, "undone", resource: id)
        case .notUndone(let id, let reason):
            make("not-undone", .warning, "it ran and cannot be undone: \(reason)", resource: id)
        case .revertFailed(let id, let reason):
            make("revert-failed", .failure, "cannot be undone: \(reason)", resource: id)
        case .committed(let bundle, let revision, let operation):
            make(
                "committed",
                .success,
                operation == .delete
                    ? "'\(bundle)' is deleted as of revision \(revision)"
                    : "revision \(revision) of '\(bundle)' is live",
                bundle,
                revision
            )
        case .recordedOnly(let bundle, let revision):
            make(
                "recorded",
                .info,
                "nothing of it is started before its schedule says 'create': sheaf schedule list",
                bundle,
                revision
            )
        case .finishing(let id, let action):
            make("finishing", .info, finishing(id, action), resource: id)
        case .finishFailed(let id, let reason):
            make(
                "finish-failed",
                .warning,
                "cannot be removed yet, the next command tries again: \(reason)",
                resource: id
            )
        }
    }

    private func finishing(_ id: ResourceID, _ action: Change.Action) -> String {
        switch (id.kind, action) {
        // Data is only removed where the plan says so; a rollback with data sets it aside.
        case (.volume, .delete): "ending"
        case (.volume, _): "its data of before is kept aside: sheaf snapshots"
        case (_, .delete): "removing"
        default: "removing the previous one"
        }
    }

    private func ready(_ state: ResourceState) -> String {
        [state.status, state.runtime, state.location ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func make(
        _ type: String,
        _ level: OutputEvent.Level,
        _ message: String,
        _ bundle: String? = nil,
        _ revision: Int? = nil,
        resource: ResourceID? = nil
    ) -> OutputEvent {
        let scope = scope.withLock { $0 }
        return OutputEvent(
            type: type,
            time: Date.now,
            level: level,
            message: message,
            bundle: bundle ?? scope.bundle,
            revision: revision ?? scope.revision,
            step: resource.flatMap(scope.steps.firstIndex).map { $0 + 1 },
            resource: resource?.description
        )
    }
}
