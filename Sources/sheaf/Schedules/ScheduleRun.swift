import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem
import Synchronization

/// Does what is due by schedules, as it becomes due; one process of a home does.
///
/// What is decided is recorded before it happens, so whoever comes after a process that was killed goes on where that was.
/// The work on one bundle is done by one task at a time; bundles do not wait for each other.
struct ScheduleRun: Sendable {
    let context: CommandContext
    let store: Store
    let reporter: EventReporter
    /// How long after its time a run is still begun.
    let lateness: Duration

    /// A piece of work on one bundle.
    private enum Work: Sendable {
        case firing(Firing)
        case end(StoredSchedule)

        var bundle: String {
            switch self {
            case .firing(let firing): firing.bundle
            case .end(let schedule): schedule.bundle
            }
        }
    }

    private var engine: Engine {
        context.engine("schedule", store: store, author: "schedule") { reporter.report($0) }
    }

    // MARK: Once

    /// Does everything that is due at a moment, and returns when it is done.
    ///
    /// - Returns: Whether all of it went well.
    /// - Throws: `StoreError`, an interruption.
    func once(at now: Date) async throws -> Bool {
        let work = try work(at: now, besides: [])
        let byBundle = Dictionary(grouping: work, by: \.bundle)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for (_, work) in byBundle {
                group.addTask {
                    var isGood = true
                    for piece in work where try await !carryOut(piece, at: now).isGood { isGood = false }
                    return isGood
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
    }

    // MARK: For ever

    /// Does what is due until the task is cancelled.
    ///
    /// - Throws: `CancellationError` in the end; `StoreError`, `SystemError`.
    func forever() async throws {
        let inbox = Inbox<ScheduleAlarm.Signal>()
        let alarm = try ScheduleAlarm(home: context.home, now: { Date.now }, inbox: inbox)
        defer { alarm.end() }
        try await withThrowingDiscardingTaskGroup { group in
            var busy: Set<String> = []
            var rests = ScheduleRests()
            while true {
                for signal in try await inbox.takeAll() {
                    switch signal {
                    case .timeToLook: break
                    case .isDone(let bundle, let results):
                        busy.remove(bundle)
                        let outcome = try attempt(results, on: bundle)
                        if rests.note(outcome, of: bundle, at: Date.now) { tellResumption(of: bundle) }
                    case .failed(let error): throw error
                    }
                }
                let now = Date.now
                let resting = try rests.resting(at: now, obstacle(of:))
                let due = Dictionary(grouping: try work(at: now, besides: busy.union(resting)), by: \.bundle)
                for (bundle, work) in due {
                    busy.insert(bundle)
                    group.addTask {
                        var results: Set<Result> = []
                        for piece in work { results.insert(try await carryOut(piece, at: now)) }
                        inbox.put(.isDone(bundle: bundle, results))
                    }
                }
                let next = try engine.nextFiring(after: now, besides: busy.union(resting))
                alarm.set([next, rests.nextEnd(of: resting)].compactMap { $0 }.min())
            }
        }
    }

    /// How the work on a bundle went as a whole.
    private func attempt(_ results: Set<Result>, on bundle: String) throws -> ScheduleRests.Attempt {
        if results.contains(.open) { return .failed(try obstacle(of: bundle)) }
        return results == [.done] ? .done : .held
    }

    private func obstacle(of bundle: String) throws -> ScheduleRests.Obstacle {
        ScheduleRests.Obstacle(revision: try store.openTransactions(of: bundle).first?.revision)
    }

    // MARK: Work

    private func work(at now: Date, besides busy: Set<String>) throws -> [Work] {
        let engine = engine
        let firings = try engine.dueFirings(at: now, lateness: lateness, besides: busy)
        let ended = try engine.endedSchedules(at: now, besides: busy)
        return firings.map(Work.firing) + ended.map(Work.end)
    }

    /// How a piece of work went.
    enum Result: Hashable, Sendable {
        case done
        /// Somebody else has to come to an end first.
        case held
        /// It came to nothing, which is recorded.
        case failed
        /// It came to nothing, and is still to be done.
        case open

        var isGood: Bool { self == .done || self == .held }
    }

    private func carryOut(_ work: Work, at now: Date) async throws -> Result {
        do {
            switch work {
            case .firing(let firing):
                let (context, store) = (context, store)
                let outcome = try await engine.carryOut(firing, at: now, lateness: lateness) {
                    try context.hold($0, in: store)
                }
                tell(outcome, of: firing)
                return outcome.state == .failed ? .failed : outcome.state.isOpen ? .held : .done
            case .end(let schedule):
                let hasEnded = try await engine.end(schedule, at: now)
                tell(hasEnded, of: schedule)
                return .done
            }
        } catch let error as StoreError where error.kind == .leaseHeld {
            // Whoever holds it will be done some time; what is due stays open.
            return .held
        } catch let error as any SheafError where error.failureClass != .interrupted {
            var event = OutputEvent(
                type: "schedule-failed",
                time: Date.now,
                level: .failure,
                message: error.message,
                bundle: work.bundle
            )
            (event.code, event.help) = (error.code, error.hint)
            reporter.tell(event)
            return .open
        }
    }

    private func tell(_ outcome: FiringOutcome, of firing: Firing) {
        // That it waits was said when it began to.
        if outcome.state == .waiting, (firing.state, firing.detail) == (.waiting, outcome.detail) { return }
        let due = "\(firing.action.rawValue) due \(firing.due.formatted(.iso8601))"
        let done = firing.action == .run ? "begun" : "done"
        let words = outcome.detail.map { ": \($0)" } ?? ""
        let (level, said): (OutputEvent.Level, String) =
            switch outcome.state {
            case .fired: (.success, "\(due) is \(done)")
            case .waiting, .begun: (.info, "\(due) waits")
            case .skipped: (.info, "\(due) is skipped")
            case .missed: (.warning, "\(due) is missed")
            case .failed: (.failure, "\(due) failed")
            }
        reporter.tell(
            OutputEvent(
                type: "schedule-\(outcome.state.rawValue)",
                time: Date.now,
                level: level,
                message: "\(firing.action == .run ? "" : "'\(firing.bundle)' ")\(said)\(words)",
                bundle: firing.bundle,
                resource: firing.action == .run ? firing.subject.description : nil
            )
        )
    }

    private func tellResumption(of bundle: String) {
        reporter.tell(
            OutputEvent(
                type: "schedule-resumed",
                time: Date.now,
                level: .success,
                message: "what is due of '\(bundle)' is done again",
                bundle: bundle
            )
        )
    }

    private func tell(_ hasEnded: Bool, of schedule: StoredSchedule) {
        reporter.tell(
            OutputEvent(
                type: "schedule-ended",
                time: Date.now,
                message: "its schedule has ended" + (hasEnded ? ", and so is the run that was in progress" : ""),
                bundle: schedule.bundle,
                resource: schedule.subject.description
            )
        )
    }
}

/// Somebody else does what is due in this home.
struct ScheduleHeld: SheafError {
    /// Their number, where the system tells it.
    let pid: Int32?

    var code: String { "schedule.held" }
    var message: String {
        "the schedules of this home are followed already" + (pid.map { " by process \($0)" } ?? "")
    }
    var hint: String? { "end that one first, or let it go on: it sees every change by itself" }
    var failureClass: FailureClass { .busy }

    /// Takes the place of the one who does what is due.
    ///
    /// - Returns: To be held as long as that is done.
    /// - Throws: `ScheduleHeld`, or `SystemError` when the file cannot be opened.
    static func takeLock(home: String) throws -> FileLock {
        let path = lock(in: home)
        guard let lock = try FileLock.take(path) else { throw ScheduleHeld(pid: holder(home: home)) }
        return lock
    }

    /// Who does what is due; nil for nobody.
    static func holder(home: String) -> Int32? { FileLock.holders(of: lock(in: home)).first }

    private static func lock(in home: String) -> String { "\(home)/schedule.lock" }
}
