/// Kinds of failure of an attempt; a retry names those that it is for.
package struct RetryCauses: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The job itself ended with an exit code other than 0, or by a signal.
    package static let failure = RetryCauses(rawValue: 1)
    /// The job could not be run: its program could not be started, or the container engine failed.
    package static let error = RetryCauses(rawValue: 2)
    /// What may pass by itself: the machine had no room for another process, or the job said so with exit code 75.
    package static let transient = RetryCauses(rawValue: 4)
    /// Every kind.
    ///
    /// An attempt that ended with its supervisor is of every kind, too: it says nothing about the job.
    package static let any: RetryCauses = [.failure, .error, .transient]

    /// The kinds that the end of an attempt is of.
    ///
    /// - Parameters:
    ///   - exit: How it ended.
    ///   - isContained: Whether it ran below a container engine, which has an exit code for failures of its own.
    package init(of exit: ProcessStatus.Exit, isContained: Bool) {
        switch exit {
        case .code(Self.engineFailure) where isContained: self = .error
        case .code(Self.temporaryFailure): self = [.failure, .transient]
        case .code, .signal: self = .failure
        case .notStarted: self = .error
        }
    }

    /// `EX_TEMPFAIL` of `sysexits.h`.
    private static let temporaryFailure: Int32 = 75
    /// Of `podman run` and `docker run`, when the engine itself has failed.
    private static let engineFailure: Int32 = 125
}
