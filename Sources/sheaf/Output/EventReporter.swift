import FoundationEssentials
import SheafEngine
import SheafModel

/// Turns what the engine does into what people and programs read.
struct EventReporter: Sendable {
    let printer: EventPrinter

    func report(_ event: EngineEvent) {
        guard let output = output(for: event) else { return }
        tell(output)
    }

    /// Tells of something that is no event of the engine.
    func tell(_ event: OutputEvent) {
        do {
            try printer.print(event)
        } catch {
            StandardStreams.error.write("an event could not be written: \(error)\n")
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
        case .began(let bundle, let revision, let changes):
            make(
                "began",
                .info,
                "revision \(revision) of '\(bundle)': \(changes) \(changes == 1 ? "change" : "changes")",
                bundle,
                revision
            )
        case .preparing, .observed: nil
        case .performing(let id, let action): make("performing", .info, performing(action), resource: id)
        case .ready(let id, let state): make("ready", .success, ready(state), resource: id)
        case .failed(let id, let reason): make("failed", .failure, reason, resource: id)
        case .compensating(let bundle, let revision):
            make("compensating", .warning, "undoing revision \(revision) of '\(bundle)'", bundle, revision)
        case .reverted(let id): make("reverted", .info, "undone", resource: id)
        case .revertFailed(let id, let reason):
            make("revert-failed", .failure, "cannot be undone: \(reason)", resource: id)
        case .committed(let bundle, let revision):
            make("committed", .success, "revision \(revision) of '\(bundle)' is live", bundle, revision)
        case .finishing(let id, let action):
            make("finishing", .info, action == .delete ? "removing" : "removing the previous one", resource: id)
        case .finishFailed(let id, let reason):
            make(
                "finish-failed",
                .warning,
                "cannot be removed yet, the next command tries again: \(reason)",
                resource: id
            )
        }
    }

    private func performing(_ action: Change.Action) -> String {
        switch action {
        case .create: "creating"
        case .update: "updating"
        case .delete: "ending"
        case .keep: "keeping"
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
        OutputEvent(
            type: type,
            time: Date.now,
            level: level,
            message: message,
            bundle: bundle,
            revision: revision,
            resource: resource?.description
        )
    }
}
