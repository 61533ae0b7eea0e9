package import SheafModel
import SheafSystem

/// What the local executor could not do.
package struct ExecutorError: SheafError {
    /// The stable names of the executor's failures.
    package enum Code: String, Sendable, CaseIterable {
        case unsupportedStack = "executor.unsupported-stack"
        case missingEngine = "executor.missing-engine"
        case missingSecret = "executor.missing-secret"
        case missingSecretKey = "executor.missing-secret-key"
        case secretNotText = "executor.secret-not-text"
        case missingVolume = "executor.missing-volume"
        case missingContent = "executor.missing-content"
        case imageUnavailable = "executor.image-unavailable"
        case portTaken = "executor.port-taken"
        case pathTaken = "executor.path-taken"
        case portForbidden = "executor.port-forbidden"
        case missingPort = "executor.missing-port"
        case noCommand = "executor.no-command"
        case commandNotFound = "executor.command-not-found"
        case unsafePath = "executor.unsafe-path"
        case invalidManifest = "executor.invalid-manifest"
        case invalidValue = "executor.invalid-value"
        case startFailed = "executor.start-failed"
        case stopFailed = "executor.stop-failed"
        case runGoesOn = "executor.run-goes-on"
        case dryRun = "executor.dry-run"
        case notPrepared = "executor.not-prepared"
        case snapshotRefused = "executor.snapshot-refused"
        case missingSnapshot = "executor.missing-snapshot"
        case dataUnclear = "executor.data-unclear"
        case fileFailure = "executor.file-failure"
    }

    package let reason: Code
    package let message: String
    package let hint: String?
    package let failureClass: FailureClass
    package let isTransient: Bool

    package var code: String { reason.rawValue }

    package init(_ reason: Code, _ message: String, hint: String? = nil, isTransient: Bool = false) {
        self.reason = reason
        self.message = message
        self.hint = hint
        self.isTransient = isTransient
        failureClass =
            switch reason {
            case .missingEngine: .missingEngine
            case .unsupportedStack, .missingSecret, .missingSecretKey, .secretNotText, .missingVolume, .missingPort,
                .noCommand, .unsafePath, .invalidManifest, .invalidValue:
                .invalidInput
            case .stopFailed, .dataUnclear: .stuck
            case .missingContent, .imageUnavailable, .portTaken, .pathTaken, .portForbidden, .commandNotFound,
                .startFailed, .runGoesOn, .dryRun, .notPrepared, .snapshotRefused, .missingSnapshot, .fileFailure:
                .refused
            }
    }

    /// The same failure with secret values replaced in its words.
    func redacted(by redaction: Redaction) -> ExecutorError {
        ExecutorError(
            reason,
            redaction.redact(message),
            hint: hint.map(redaction.redact),
            isTransient: isTransient
        )
    }

    /// A call of the operating system that failed while a resource was worked on.
    init(_ error: SystemError, of resource: ResourceID, hint: String? = nil) {
        self.init(.fileFailure, "cannot \(error.action) for \(resource): \(error.reason)", hint: hint)
    }
}
