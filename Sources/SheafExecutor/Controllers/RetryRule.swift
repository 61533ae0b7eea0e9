import SheafModel
import SheafSupervision

/// The retry of a job, or of the node of a nested workflow, as a policy.
struct RetryRule {
    let retry: WorkflowSpec.Retry?
    /// Whose it is, for people.
    let owner: String

    /// One more attempt where a retry gives no number; no pause where it gives none.
    ///
    /// - Throws: `ExecutorError` with `invalid-value`.
    func policy() throws -> RestartPolicy {
        guard let retry else { return .never }
        return .onFailure(
            count: max(retry.count ?? 1, 0),
            pause: try milliseconds(retry.duration) ?? 0,
            maxDuration: try milliseconds(retry.maxDuration),
            causes: try causes(retry.strategy)
        )
    }

    /// The strategies in any case, and with the underscores of an answer in the platform's documentation.
    private func causes(_ strategy: String?) throws -> RetryCauses {
        guard let strategy else { return .failure }
        switch strategy.lowercased().filter({ $0 != "_" && $0 != "-" }) {
        case "always": return .any
        case "onfailure": return .failure
        case "onerror": return .error
        case "ontransienterror", "ontransientfailure": return .transient
        default:
            throw ExecutorError(
                .invalidValue,
                "cannot run \(owner): '\(strategy)' is no strategy of a retry",
                hint: "write Always, OnFailure, OnError or OnTransientError"
            )
        }
    }

    private func milliseconds(_ text: String?) throws -> Milliseconds? {
        guard let text else { return nil }
        guard let value = DurationText.milliseconds(text) else {
            throw ExecutorError(
                .invalidValue,
                "cannot run \(owner): '\(text)' is no duration",
                hint: "write it as 30s, 10m or 1h30m"
            )
        }
        return value
    }
}
