import FoundationEssentials
import SheafEngine
import SheafSystem
import Synchronization

/// Tells when it is time to look at the schedules: a moment has come, or somebody has changed the state.
///
/// The moment is one of the clock on the wall, which may be set, and stands still for nobody while the machine sleeps: so
/// it is held against that clock every second.
final class ScheduleAlarm: Sendable {
    enum Signal: Sendable {
        case timeToLook
        /// The work on a bundle is done for now; how its pieces went.
        case isDone(bundle: String, Set<ScheduleRun.Result>)
        case failed(any Error)
    }

    private struct State {
        var moment: Date?
        var isOver = false
    }

    private static let longestWait = Duration.seconds(1)
    /// For file systems that tell of no changes.
    private static let longestTrust = Duration.seconds(30)

    private let state = Mutex(State())
    private let now: @Sendable () -> Date

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - home: Changes of files in it are changes of the state.
    ///   - now: The clock on the wall.
    ///   - inbox: Is told, at first at once.
    /// - Throws: `SystemError` when the system has no more threads.
    init(home: String, now: @escaping @Sendable () -> Date, inbox: Inbox<Signal>) throws {
        self.now = now
        try BlockingThread.start { [self] in watch(home, inbox) }.detach()
    }

    /// Sets the moment at which to look next; nil for none.
    func set(_ moment: Date?) { state.withLock { $0.moment = moment } }

    /// Lets the thread end.
    func end() { state.withLock { $0.isOver = true } }

    private func watch(_ home: String, _ inbox: Inbox<Signal>) {
        do {
            let watch = try FolderWatch(home)
            var last = ContinuousClock.now
            inbox.put(.timeToLook)
            while !state.withLock({ $0.isOver }) {
                let hasChanged = watch.wait(atMost: min(untilMoment ?? Self.longestWait, Self.longestWait))
                guard hasChanged || takeMoment() || ContinuousClock.now - last > Self.longestTrust else { continue }
                last = .now
                inbox.put(.timeToLook)
            }
        } catch {
            inbox.put(.failed(error))
        }
    }

    private var untilMoment: Duration? {
        // A little more than is left, as the clock must have come to the moment.
        state.withLock(\.moment).map { .milliseconds(Int64(max($0.timeIntervalSince(now()), 0) * 1000) + 1) }
    }

    /// Whether the moment has come; it comes once.
    private func takeMoment() -> Bool {
        let now = now()
        return state.withLock { state in
            guard let moment = state.moment, moment <= now else { return false }
            state.moment = nil
            return true
        }
    }
}
