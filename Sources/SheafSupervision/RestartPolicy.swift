/// What a supervisor does when a process has ended by itself.
package enum RestartPolicy: Hashable, Sendable {
    /// The process runs once; an exit code other than 0 is a failure for good.
    case never
    /// The process is meant to run for ever and is started again, with growing pauses.
    case always
    /// A failed attempt is repeated up to `count` times, each after `pause`, and none begins later than `maxDuration`
    /// after the first; nil means no such end. What ended for none of the `causes` is not repeated.
    case onFailure(count: Int, pause: Milliseconds, maxDuration: Milliseconds?, causes: RetryCauses = .any)

    /// The first pause before a process that must always run is started again; it doubles with each early end.
    package static let firstPause: Milliseconds = 200
    /// The longest such pause: long enough to spare the machine, short enough to recover while people watch.
    package static let longestPause: Milliseconds = 30_000
    /// A process that ran this long was well, so that its next pause is the first one again.
    package static let healthyRun: Milliseconds = 10_000
    /// From so many early ends in a row on, a process is said to be in a crash loop.
    package static let crashLoop = 3

    /// What follows the end of an attempt.
    package enum Decision: Hashable, Sendable {
        case succeeded
        case failed
        case restart(after: Milliseconds)
    }

    /// Decides what follows the end of an attempt.
    ///
    /// - Parameters:
    ///   - isSuccess: Whether it ended with exit code 0.
    ///   - cause: What kinds of failure it was, where it was one.
    ///   - attempts: How many attempts there have been, this one included.
    ///   - earlyEnds: How many attempts in a row have ended before `healthyRun`, this one included.
    ///   - elapsed: Since the first attempt began.
    /// - Returns: Whether the process is done, or begins again and when.
    package func decision(
        isSuccess: Bool,
        cause: RetryCauses = .any,
        attempts: Int,
        earlyEnds: Int,
        elapsed: Milliseconds
    ) -> Decision {
        switch self {
        case .always:
            let doublings = min(max(earlyEnds - 1, 0), 16)
            return .restart(after: min(Self.firstPause << Milliseconds(doublings), Self.longestPause))
        case .never:
            return isSuccess ? .succeeded : .failed
        case .onFailure(let count, let pause, let maxDuration, let causes):
            if isSuccess { return .succeeded }
            let isLate = maxDuration.map { elapsed + pause > $0 } ?? false
            return attempts > count || isLate || causes.isDisjoint(with: cause) ? .failed : .restart(after: pause)
        }
    }
}

/// A span of time, or a point in it, in thousandths of a second.
package typealias Milliseconds = Int64
