import SheafModel

/// Repeats what failed for a reason that may pass by itself, such as a registry that does not answer; nothing else.
///
/// Whatever is repeated may be: the calls of an executor give the same result however often they run.
struct TransientRetry {
    let resource: ResourceID
    let report: @Sendable (EngineEvent) -> Void

    /// The pauses before the second and the third attempt; after those the failure counts.
    private static let pauses: [Duration] = [.milliseconds(250), .seconds(1)]

    /// Runs a body, again where it failed for a transient reason.
    ///
    /// - Throws: What the last attempt threw; `CancellationError` when the task is cancelled between two.
    /// - Returns: What the body returns.
    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        for pause in Self.pauses {
            do {
                return try await body()
            } catch let error as any SheafError where error.isTransient {
                report(.retrying(resource, reason: error.message))
                try await Task.sleep(for: pause)
            }
        }
        return try await body()
    }
}
