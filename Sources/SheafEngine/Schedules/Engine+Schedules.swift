package import FoundationEssentials
import SheafModel
package import SheafStore

extension Engine {
    /// Decides what becomes of everything that is due, and records it before anything happens.
    ///
    /// - Parameters:
    ///   - now: The present moment, by the clock on the wall.
    ///   - lateness: How long after its time a run is still begun.
    ///   - busy: Bundles that are being worked on, whose turn comes later.
    /// - Returns: What is to be carried out, earlier decisions included, oldest first; at most one of each subject.
    /// - Throws: `StoreError`.
    package func dueFirings(at now: Date, lateness: Duration, besides busy: Set<String> = []) throws -> [Firing] {
        let open = Set(try store.openFirings().map(\.subject))
        for schedule in try store.schedules() where !busy.contains(schedule.bundle) && !open.contains(schedule.subject)
        {
            try decide(schedule, at: now, lateness: lateness)
        }
        return try store.openFirings().filter { !busy.contains($0.bundle) }
    }

    private func decide(_ schedule: StoredSchedule, at now: Date, lateness: Duration) throws {
        let times: FiringTimes
        do throws(FiringTimes.Problem) {
            times = try FiringTimes(schedule.schedule)
        } catch {
            // Nothing is ever due of it; the list says why.
            return
        }
        var schedule = schedule
        while let decision = FiringRule.decision(
            on: times,
            of: schedule.subject,
            settled: schedule.settled,
            now: now,
            lateness: lateness
        ) {
            let firing = try store.record(decision, of: schedule, at: now)
            // Whoever has changed it meanwhile is followed at the next look.
            guard firing == nil, let current = try store.schedule(of: schedule.subject),
                current.settled == decision.until
            else { return }
            schedule = current
        }
    }

    /// When there is something to do next, as far as it is known; nil when there never is.
    ///
    /// - Parameters:
    ///   - now: The present moment.
    ///   - busy: Bundles whose turn comes by itself, whatever is due of them.
    /// - Returns: A moment in the past for what has not been done yet.
    /// - Throws: `StoreError`.
    package func nextFiring(after now: Date, besides busy: Set<String> = []) throws -> Date? {
        try store.schedules().compactMap { schedule in
            // One that cannot be read has no times.
            guard !busy.contains(schedule.bundle), let times = try? FiringTimes(schedule.schedule) else { return nil }
            let end = schedule.ended == nil ? times.end : nil
            let next = times.next(after: max(schedule.settled, now))?.date
            return [next, end].compactMap { $0 }.min()
        }.min()
    }

    /// The schedules of workflows of which the end has come, and not yet been looked after.
    ///
    /// - Throws: `StoreError`.
    package func endedSchedules(at now: Date, besides busy: Set<String> = []) throws -> [StoredSchedule] {
        try store.schedules().filter { schedule in
            guard schedule.ended == nil, !busy.contains(schedule.bundle) else { return false }
            // As above.
            guard let end = try? FiringTimes(schedule.schedule).end else { return false }
            return end <= now
        }
    }

    /// Ends the runs of a workflow whose schedule has ended, if any are in progress.
    ///
    /// - Returns: Whether one was ended.
    /// - Throws: `StoreError` when another operation holds the bundle's lease, the executor's error when it cannot be ended.
    @discardableResult
    package func end(_ schedule: StoredSchedule, at now: Date) async throws -> Bool {
        try await recoverOrReport(needing: schedule.bundle)
        return try await withLease(of: schedule.bundle) {
            guard try store.schedule(of: schedule.subject)?.schedule == schedule.schedule,
                let instance = try store.liveResource(schedule.subject)
            else { return false }
            let isGoingOn = try await executor.lastRun(of: instance)?.isGoingOn ?? false
            if isGoingOn { try await executor.endRuns(of: instance, only: nil) }
            try store.recordEnd(of: schedule, at: now)
            return isGoingOn
        }
    }
}
