import CLinux
import Glibc
import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// Begins runs of workflows, goes on with those that were interrupted, and ends them.
struct RunControl: Sendable {
    let keeper: IncarnationKeeper

    func history(of id: ResourceID) -> RunHistory { RunHistory(home: keeper.home, workflow: id) }

    /// Begins a run in the place of the last one; nothing happens when that goes on.
    ///
    /// - Returns: The run that goes on then.
    /// - Throws: `ExecutorError`, or what opens a secret throws; the run has not begun then.
    @discardableResult
    func begin(_ instance: ResourceInstance, because cause: RunCause) async throws -> RunID? {
        let run = RunID(at: Self.now, after: history(of: instance.resource.id).newest)
        let incarnation = keeper.incarnation(of: instance)
        try await begin(run, of: instance, as: incarnation, jobs: try jobs(of: instance), because: cause)
        return incarnation.files.order.flatMap { RunID($0.id) }
    }

    /// Begins a run beside the one that goes on, in a folder of its own.
    ///
    /// Before its order is written there, under its lock, the run is not known, and whoever dies has left a folder that the
    /// next look removes. From then on it is as any other.
    /// - Throws: As `begin(_:because:)`.
    func beginBeside(_ instance: ResourceInstance, because cause: RunCause) async throws -> RunID {
        let id = instance.resource.id, incarnation = keeper.incarnation(of: instance)
        let run = RunID(at: Self.now, after: history(of: id).newest)
        let jobs = try jobs(of: instance)
        let scratch = try jobs.flatMap { try self.scratch(of: $0, in: incarnation) }
        let draft = OverlapDraft(incarnation: incarnation.files, run: run, scratch: scratch)
        try await BlockingCalls.run { try draft.write(for: id) }
        try await begin(run, of: instance, as: incarnation.overlap(run), jobs: jobs, because: cause)
        return run
    }

    private func begin(
        _ run: RunID,
        of instance: ResourceInstance,
        as incarnation: Incarnation,
        jobs: [WorkflowSpec.Job],
        because cause: RunCause
    ) async throws {
        let id = instance.resource.id, files = incarnation.files, history = history(of: id)
        let scratch = try jobs.map { try self.scratch(of: $0, in: incarnation) }
        let discarded = zip(jobs, scratch).flatMap { $0.gcWhenComplete == true ? $1 : [] }
        let order = RunOrder(
            id: run.description,
            logFolder: history.folder(of: run.description).logs,
            generation: instance.generation,
            cause: cause.rawValue,
            startedAt: Self.now,
            users: users(of: instance, jobs),
            discarded: Array(Set(discarded)).sorted()
        )
        try await keeper.start(instance, as: incarnation, specs: jobs.map(\.spec)) {
            // What a container has left there as another user stays: it has harmed nobody before either.
            for folder in Set(scratch.joined()) { try? FileTree.empty(folder) }
            do throws(SystemError) {
                try history.begin(order, in: files)
            } catch {
                throw ExecutorError(error, of: id)
            }
        }
    }

    /// Goes on with the runs of an incarnation whose supervisors were lost before they had ended: jobs that have ended
    /// stay as they are, what ran then has failed or is tried again, and the others run as they would have.
    ///
    /// - Parameters:
    ///   - instance: The incarnation.
    ///   - only: The one run that is meant; nil for all.
    /// - Returns: Those runs, in the order in which they began.
    /// - Throws: As `begin(_:because:)`, once all were tried; a run that could not be started is as it was then.
    func goOn(with instance: ResourceInstance, only: String? = nil) async throws -> [RunID] {
        let id = instance.resource.id, incarnation = keeper.incarnation(of: instance)
        try await collect(id, below: instance.generation)
        var resumed: [RunID] = []
        var problem: (any Error)?
        for place in [incarnation] + incarnation.overlaps {
            guard let run = history(of: id).currentRun(in: place.files), run.outcome == .interrupted,
                only.map({ $0 == run.id.description }) ?? true
            else { continue }
            do {
                try await goOn(with: run, of: instance, as: place)
                resumed.append(run.id)
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return resumed.sorted()
    }

    private func goOn(with run: WorkflowRun, of instance: ResourceInstance, as place: Incarnation) async throws {
        let id = instance.resource.id, files = place.files
        // Somebody wanted it to end, and was not there any more when it did.
        if files.lastStatus?.phase == .stopping {
            try await end(id, only: run.id)
            return
        }
        try await keeper.start(instance, as: place, specs: try jobs(of: instance).map(\.spec)) {
            do throws(SystemError) {
                // Logs are worth no wait for the disk: a power cut may have taken their folder.
                try FileTree.makeFolder(files.logFolder)
                // Without a status no job has begun, and the run begins only now.
                guard let status = files.lastStatus, !status.phase.isFinal else { return }
                try DurableFile.write(status.encoded(), to: files.supervision.earlierStatus)
            } catch {
                throw ExecutorError(error, of: id)
            }
        }
    }

    // MARK: What the manifest says

    private func jobs(of instance: ResourceInstance) throws -> [WorkflowSpec.Job] {
        let jobs = try instance.resource.decoded(WorkflowSpec.self).dag
        let specs = try keeper.secrets.startSpecs(of: instance) { try $0.decoded(WorkflowSpec.self).dag.map(\.spec) }
        return zip(jobs, specs).map { job, spec in
            var job = job
            job.spec = spec
            return job
        }
    }

    /// The folders of a job that no other run shall find anything in.
    private func scratch(of job: WorkflowSpec.Job, in incarnation: Incarnation) throws -> [String] {
        let folders = try RuntimeFolders(
            of: job.spec,
            job: job.name,
            resource: incarnation.resource,
            files: incarnation.files,
            home: keeper.home
        )
        return [folders.temp.source, folders.work.source]
    }

    private func users(of instance: ResourceInstance, _ jobs: [WorkflowSpec.Job]) -> [String] {
        let all = jobs.map { $0.spec.runAsUser } + [instance.resource.manifest["runAsUser"]?.stringValue]
        return Array(Set(all.compactMap { $0 })).sorted()
    }

    private static var now: Milliseconds {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Milliseconds(time.tv_sec) * 1000 + Milliseconds(time.tv_nsec) / 1_000_000
    }
}
