package import SheafModel

/// How an operation is carried out.
package struct OperationOptions: Sendable, Hashable {
    /// How long everything together may take to become ready.
    package var timeout: Duration
    /// How long each resource may take to become ready, from its start on; nil for as long as everything.
    package var resourceTimeout: Duration?
    /// How many resources are worked on at once; at least 1.
    package var parallelism: Int
    /// Whether success needs readiness, not only the start.
    package var waitsUntilReady: Bool
    /// Whether workflows are run.
    package var runsJobs: Bool
    /// Whether deleted volumes lose their data.
    package var deletesData: Bool
    /// Whether all files of what failed are kept for a look, not only its logs.
    package var keepsFailed: Bool
    /// Why, in the user's words.
    package var message: String?
    /// How many revisions of the bundle stay in its history after a success; nil for all.
    package var keptRevisions: Int?
    /// Whether the revision has to be confirmed, or puts back what was there before one that was not.
    package var confirmation: ConfirmationIntent?

    /// How many resources are worked on at once where nobody says.
    package static let standardParallelism = 8

    package init(
        timeout: Duration = .seconds(600),
        resourceTimeout: Duration? = nil,
        parallelism: Int = standardParallelism,
        waitsUntilReady: Bool = true,
        runsJobs: Bool = true,
        deletesData: Bool = false,
        keepsFailed: Bool = false,
        message: String? = nil,
        keptRevisions: Int? = nil,
        confirmation: ConfirmationIntent? = nil
    ) {
        self.timeout = timeout
        self.resourceTimeout = resourceTimeout
        self.parallelism = max(1, parallelism)
        self.waitsUntilReady = waitsUntilReady
        self.runsJobs = runsJobs
        self.deletesData = deletesData
        self.keepsFailed = keepsFailed
        self.message = message
        self.keptRevisions = keptRevisions
        self.confirmation = confirmation
    }

    /// Whether it puts back what was there before a revision that was not confirmed.
    var reverts: Bool {
        if case .reverts = confirmation { true } else { false }
    }
}
