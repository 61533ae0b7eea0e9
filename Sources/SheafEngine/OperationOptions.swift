package import SheafModel

/// How an operation is carried out.
package struct OperationOptions: Sendable, Hashable {
    /// How long everything together may take to become ready.
    package var timeout: Duration
    /// How many resources are worked on at once; at least 1.
    package var parallelism: Int
    /// Whether success needs readiness, not only the start.
    package var waitsUntilReady: Bool
    /// Whether workflows are run.
    package var runsJobs: Bool
    /// Whether deleted volumes lose their data.
    package var deletesData: Bool
    /// Why, in the user's words.
    package var message: String?
    /// Whether the revision has to be confirmed, or puts back what was there before one that was not.
    package var confirmation: ConfirmationIntent?

    package init(
        timeout: Duration = .seconds(600),
        parallelism: Int = 8,
        waitsUntilReady: Bool = true,
        runsJobs: Bool = true,
        deletesData: Bool = false,
        message: String? = nil,
        confirmation: ConfirmationIntent? = nil
    ) {
        self.timeout = timeout
        self.parallelism = max(1, parallelism)
        self.waitsUntilReady = waitsUntilReady
        self.runsJobs = runsJobs
        self.deletesData = deletesData
        self.message = message
        self.confirmation = confirmation
    }
}
