package import FoundationEssentials

/// A numbered attempt to change what is live of a bundle; history is append-only.
package struct Revision: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable {
        /// Its transaction is open.
        case pending
        /// What is running now.
        case live
        /// Was live, and a later one is.
        case superseded
        /// Its changes were undone.
        case failed
        /// Its changes could not be undone.
        case stuck
    }

    package enum Operation: String, Codable, Sendable {
        case apply, rollback, delete
    }

    package var bundle: String
    /// From 1, growing.
    package var number: Int
    package var operation: Operation
    /// The revision that a rollback restores.
    package var restores: Int?
    package var state: State
    /// Of the archive; nil for a delete.
    package var archive: Digest?
    /// Of the resolved bundle in the content store; nil for a delete.
    package var resolved: Digest?
    /// The bundle's content version, such as `1.2.0`.
    package var version: String?
    package var provenance: Provenance?
    /// The environment whose values it was filled in with.
    package var environment: String?
    /// The files and settings that values came from, lowest first, such as `values.yaml` and `--set image.tag`.
    package var valueSources: [String]?
    package var message: String?
    /// The user who asked for it.
    package var author: String
    package var startedAt: Date
    package var finishedAt: Date?
    /// Why it failed, in words.
    package var failure: String?

    package init(
        bundle: String,
        number: Int,
        operation: Operation,
        restores: Int? = nil,
        state: State,
        archive: Digest? = nil,
        resolved: Digest? = nil,
        version: String? = nil,
        provenance: Provenance? = nil,
        environment: String? = nil,
        valueSources: [String]? = nil,
        message: String? = nil,
        author: String,
        startedAt: Date,
        finishedAt: Date? = nil,
        failure: String? = nil
    ) {
        self.bundle = bundle
        self.number = number
        self.operation = operation
        self.restores = restores
        self.state = state
        self.archive = archive
        self.resolved = resolved
        self.version = version
        self.provenance = provenance
        self.environment = environment
        self.valueSources = valueSources
        self.message = message
        self.author = author
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.failure = failure
    }
}
