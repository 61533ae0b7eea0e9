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

    /// Begins a run; nothing happens when one goes on.
    ///
    /// - Returns: The run that goes on then.
    /// - Throws: `ExecutorError`, or what opens a secret throws; the run has not begun then.
    @discardableResult
    func begin(_ instance: ResourceInstance, because cause: RunCause) async throws -> RunID? {
        let id = instance.resource.id, files = keeper.home.files(of: instance), history = history(of: id)
        let jobs = try self.jobs(of: instance)
        let scratch = try jobs.map { try self.scratch(of: $0, of: instance) }
        let discarded = zip(jobs, scratch).flatMap { $0.gcWhenComplete == true ? $1 : [] }
        let now = Self.now
        let run = RunID(at: now)
        let order = RunOrder(
            id: run.description,
            logFolder: history.folder(of: run.description).logs,
            generation: instance.generation,
            cause: cause.rawValue,
            startedAt: now,
            users: users(of: instance, jobs),
            discarded: Array(Set(discarded)).sorted()
        )
        try await keeper.start(instance, specs: jobs.map(\.spec)) {
            // What a container has left there as another user stays: it has harmed nobody before either.
            for folder in Set(scratch.joined()) { try? FileTree.empty(folder) }
            do throws(SystemError) {
                try history.begin(order, in: files)
            } catch {
                throw ExecutorError(error, of: id)
            }
        }
        return files.order.flatMap { RunID($0.id) }
    }

    /// Goes on with the last run of an incarnation whose supervisor was lost before it had ended: jobs that have ended
    /// stay as they are, what ran then has failed or is tried again, and the others run as they would have.
    ///
    /// - Returns: nil when there is no such run.
    /// - Throws: As `begin(_:because:)`; the run is as it was then.
    func goOn(with instance: ResourceInstance) async throws -> RunID? {
        let id = instance.resource.id, files = keeper.home.files(of: instance)
        try await collect(id, below: instance.generation)
        guard let run = history(of: id).currentRun(in: files), run.outcome == .interrupted else { return nil }
        // Somebody wanted it to end, and was not there any more when it did.
        if files.lastStatus?.phase == .stopping { return try await end(id) }
        try await keeper.start(instance, specs: try jobs(of: instance).map(\.spec)) {
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
        return run.id
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
    private func scratch(of job: WorkflowSpec.Job, of instance: ResourceInstance) throws -> [String] {
        let files = keeper.home.files(of: instance)
        let folders = try RuntimeFolders(
            of: job.spec,
            job: job.name,
            resource: instance.resource.id,
            files: files,
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
