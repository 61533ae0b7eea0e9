import SheafSystem
import Synchronization

/// The outcomes of the last probes of workloads, as long as this executor lives.
final class ProbeRecords: Sendable {
    /// One life of the process of a workload.
    struct Attempt: Hashable, Sendable {
        var folder: String
        var process: ProcessIdentity

        /// Tells one life from another in the folder.
        var text: String { "\(process.pid) \(process.startTime)\n" }
    }

    struct Record: Sendable {
        var at: ContinuousClock.Instant
        /// In a row.
        var successes: Int
        /// Of the last probe, in words; nil for a success.
        var failure: String?

        /// What is missing to so many successes in a row; nil for nothing.
        func shortfall(_ needed: Int) -> String? {
            failure ?? (successes < needed ? "\(successes) of \(needed) probes in a row have succeeded" : nil)
        }
    }

    private let records = Mutex<[Attempt: Record]>([:])

    func last(of attempt: Attempt) -> Record? { records.withLock { $0[attempt] } }

    /// Notes how a probe went.
    ///
    /// - Parameters:
    ///   - failure: Nil for a success.
    ///   - attempt: Of what was probed.
    /// - Returns: What is known now.
    func note(_ failure: String?, of attempt: Attempt) -> Record {
        records.withLock { records in
            let before = failure == nil ? records[attempt]?.successes ?? 0 : -1
            let record = Record(at: .now, successes: before + 1, failure: failure)
            records[attempt] = record
            return record
        }
    }
}
