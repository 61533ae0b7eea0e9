package import SheafModel

/// Finds resources by identity, in the wanted bundle first, then in what other bundles have live.
package protocol ResourceDirectory: Sendable {
    /// - Returns: nil when no such resource is or will be there.
    /// - Throws: A `SheafError` when the store cannot be read.
    func resource(_ id: ResourceID) throws -> ResolvedResource?
}

/// Changes the world outside Sheaf's store, one resource at a time.
///
/// A step goes through `prepare`, `perform`, then either `finish` after the commit or `revert`. The engine journals each
/// intent first. Every call may be repeated after a crash and must then give the same result; `revert` must also cope with
/// a `prepare` or a `perform` that stopped half-way or never began.
///
/// The old incarnation goes on until `finish`, except where the change hands over a port: then `perform` ends it and
/// `revert` starts it again.
package protocol Executor: Sendable {
    /// What is there already of a resource that no bundle has live, such as the data of a volume.
    ///
    /// - Returns: In words, with the place; nil when there is nothing, or nothing that would be taken over.
    /// - Throws: A `SheafError` when it cannot be looked at.
    func existing(_ resource: ResolvedResource) async throws -> String?

    /// Does all that can fail early and that nobody sees: checks the host, pulls images, renders files.
    ///
    /// - Returns: Facts that the undo needs, such as whether a volume existed before.
    /// - Throws: A `SheafError` when the change cannot work; nothing visible has happened then.
    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String]

    /// Makes the change happen; returns once it is begun, without waiting for readiness.
    func perform(_ step: Step) async throws

    /// Puts back what was live before the step, and leaves nothing of the attempt.
    func revert(_ step: Step) async throws

    /// Keeps what tells why a step failed where `revert` does not remove it; replaces what an earlier failure left.
    ///
    /// - Parameters:
    ///   - step: One that was begun and is about to be reverted.
    ///   - everything: All files of the new incarnation; otherwise only its logs.
    /// - Throws: A `SheafError` when it cannot be kept; the undo goes on all the same.
    /// - Returns: The folder where it is; nil when there is nothing to keep.
    func setAside(_ step: Step, everything: Bool) async throws -> String?

    /// After the commit: ends and removes what only the undo needed. Cannot be undone.
    func finish(_ step: Step) async throws

    /// Starts the jobs of a live workflow once more, and returns when the first are started.
    ///
    /// - Parameters:
    ///   - instance: The workflow.
    ///   - cause: Why.
    ///   - overlapping: Whether it may go on beside another run.
    /// - Returns: The identifier of the run; nil for an executor that gives them none.
    /// - Throws: A `SheafError` when a run is going on that it may not overlap, or the jobs cannot be started.
    @discardableResult
    func startRun(of instance: ResourceInstance, because cause: RunCause, overlapping: Bool) async throws -> RunID?

    /// Goes on with runs of a live workflow that were interrupted, by a crash of the machine for example.
    ///
    /// - Parameters:
    ///   - instance: The workflow.
    ///   - identity: Of the one run that is meant, as `lastRun` tells it; nil for all.
    /// - Returns: Their identifiers, in the order in which they began; empty when there is none.
    /// - Throws: A `SheafError` when jobs of one cannot be started, after all others were tried.
    @discardableResult
    func goOnWithRuns(of instance: ResourceInstance, only identity: String?) async throws -> [RunID]

    /// Ends the runs of a live workflow that are going on or were interrupted, and returns when nothing of them is left.
    ///
    /// - Parameters:
    ///   - instance: The workflow.
    ///   - run: The one run that is meant; nil for all.
    /// - Returns: Their identifiers, in the order in which they began; empty when there is none.
    /// - Throws: A `SheafError` when one cannot be ended.
    @discardableResult
    func endRuns(of instance: ResourceInstance, only run: RunID?) async throws -> [RunID]

    /// Starts a live service or worker again, as it was made, where it does not run though it should.
    ///
    /// - Returns: Whether it was started; false for what runs, and for what is not to be run.
    /// - Throws: A `SheafError` when it cannot be started, for its files are gone for example.
    func revive(_ instance: ResourceInstance) async throws -> Bool

    /// The run of a live workflow that was begun last, whether it is in progress or has ended; nil when there was none.
    func lastRun(of instance: ResourceInstance) async throws -> LastRun?

    /// How an incarnation is now. Cheap enough to ask many times a second.
    func observe(_ instance: ResourceInstance) async throws -> ResourceState

    /// Waits until it is worth observing incarnations again, at most for a time: a run of one of them has ended, say.
    ///
    /// What an executor is not told of, such as a service that has become ready, is seen when the time is over.
    /// - Throws: `CancellationError`.
    func awaitChange(of instances: [ResourceInstance], atMost limit: Duration) async throws

    /// How incarnations that should be live differ from what was made; changes nothing.
    ///
    /// What is only declared costs nothing, and what is as it should be not much: every apply asks.
    /// - Returns: In the order of the instances; empty when everything is as it was applied.
    func drift(of instances: [ResourceInstance]) async throws -> [Drift]

    /// Copies the data of a volume aside, as a whole or not at all; nothing visible happens.
    ///
    /// - Returns: What was copied; nil when the volume has no data.
    /// - Throws: A `SheafError` when it cannot be copied, with a remedy; nothing of the copy is left then.
    func takeSnapshot(_ request: SnapshotRequest) async throws -> SnapshotContent?

    /// Removes a copy, whole or half; nothing happens when there is none.
    func dropSnapshot(_ id: SnapshotID) async throws
}

extension Executor {
    /// Only waits: it is told of nothing.
    package func awaitChange(of instances: [ResourceInstance], atMost limit: Duration) async throws {
        try await Task.sleep(for: limit)
    }

    /// What the states alone tell: the services and workers that do not run.
    package func drift(of instances: [ResourceInstance]) async throws -> [Drift] {
        var found: [Drift] = []
        for instance in instances where [.service, .worker].contains(instance.resource.id.kind) {
            let state = try await observe(instance)
            guard state.progress == .failed else { continue }
            let id = instance.resource.id
            found.append(Drift(.processEnded, of: id, "it is not running any more", evidence: state.evidence))
        }
        return found
    }

    /// There is nothing to start: what an executor without supervisors runs ends with it.
    package func revive(_ instance: ResourceInstance) async throws -> Bool { false }

    /// Refuses: an executor that keeps no data can copy none.
    package func takeSnapshot(_ request: SnapshotRequest) async throws -> SnapshotContent? {
        throw EngineError(
            .refused,
            .refused,
            "the data of \(request.id.volume) cannot be copied aside here",
            hint: "take '\(SnapshotRule.property)' out of the bundle's properties"
        )
    }

    package func dropSnapshot(_ id: SnapshotID) async throws {}

    /// Starts the jobs of a live workflow once more, where no other run is going on.
    @discardableResult
    package func startRun(of instance: ResourceInstance, because cause: RunCause = .request) async throws -> RunID? {
        try await startRun(of: instance, because: cause, overlapping: false)
    }

    /// There is none: what an executor without supervisors runs ends with it.
    package func goOnWithRuns(of instance: ResourceInstance, only identity: String?) async throws -> [RunID] { [] }
}
