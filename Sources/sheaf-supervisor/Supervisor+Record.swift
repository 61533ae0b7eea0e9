import SheafSupervision
import SheafSystem

extension Supervisor {
    /// Between attempts to write a record on a full disk.
    static let writePause: Milliseconds = 1000
    /// How long what has ended may wait for others before it is made durable, where nothing builds on it.
    static let syncTime: Milliseconds = 50

    private var status: SupervisorStatus {
        SupervisorStatus(
            phase: phase,
            supervisorPid: identity.pid,
            supervisorStartTime: identity.startTime,
            bootID: ProcessIdentity.bootID,
            limits: limitsInWords,
            scaling: scaler?.words,
            groups: members.flatMap { $0.limits?.group.folders ?? [] },
            lastChange: record.lastChange,
            processes: members.map(\.status)
        )
    }

    /// Each way once, however many jobs have the same limits.
    private var limitsInWords: String? {
        let words = members.compactMap { $0.limits?.words }
        let distinct = words.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return distinct.isEmpty ? nil : distinct.joined(separator: "; ")
    }

    /// Notes what a member is like now, to be written at the end of the turn.
    mutating func noteChange(of index: Int) { record.note(.process(members[index].status)) }

    /// Says who supervises, and that the first processes are about to start.
    ///
    /// - Returns: Why that could not be written; then nothing may be started.
    mutating func beginRecord() -> String? {
        // A run that has begun must never look as if it had not: its jobs would be run twice.
        phase = .running
        do throws(SystemError) {
            try record.begin(with: status)
            return nil
        } catch {
            return error.description
        }
    }

    /// Writes what was noted.
    ///
    /// - Parameter isSynced: Whether it must be durable when the call returns; it is made so soon anyway.
    mutating func write(isSynced: Bool = false) {
        let now = Clock.now
        // What could not be written is written as a whole, when its time has come.
        if let writeAgainAt {
            if writeAgainAt <= now { replaceRecord() }
            return
        }
        guard !record.isLong else {
            replaceRecord()
            return
        }
        let isDue = syncAt.map { $0 <= now } ?? false
        do throws(SystemError) {
            try record.flush(isSynced: isSynced || isDue)
            if isSynced || isDue { syncAt = nil }
        } catch {
            // The processes matter more than their record: they go on, and the record is tried again.
            writeAgainAt = now + Self.writePause
            syncAt = nil
        }
    }

    /// Writes all that is known, durably.
    private mutating func replaceRecord() {
        do throws(SystemError) {
            try record.replace(with: status)
            (writeAgainAt, syncAt) = (nil, nil)
        } catch {
            writeAgainAt = Clock.now + Self.writePause
        }
    }

    /// Writes all that is known when nothing can change any more.
    ///
    /// - Returns: Whether it is durable.
    mutating func endRecord() -> Bool {
        do throws(SystemError) {
            try record.end(with: status)
            return true
        } catch {
            // The disk may be full for a moment; the caller tries again.
            return false
        }
    }
}
