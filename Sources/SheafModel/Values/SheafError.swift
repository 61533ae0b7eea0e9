/// What a failure means for the exit code of the command it ends (`docs/commands.md`, exit codes).
package enum FailureClass: Sendable, Hashable {
    /// Nothing was changed.
    case refused
    /// Changes had begun and were undone.
    case restored
    /// Changes had begun and could not be undone.
    case stuck
    /// The command line is wrong.
    case usage
    /// A manifest, an archive or values are wrong.
    case invalidInput
    /// A needed engine or service is missing.
    case missingEngine
    /// Another operation holds the lease.
    case busy
    /// The user interrupted, and compensation is done.
    case interrupted
}

/// An error that a person can act on: what failed, on what, why, and what to do.
package protocol SheafError: Error, Sendable, CustomStringConvertible {
    /// A stable name such as `archive.path-escapes-root`.
    var code: String { get }
    /// What failed, on what, and why, as one sentence without a secret in it.
    var message: String { get }
    /// More of what is wrong, or of what was done about it, a line for each thing; empty for most.
    var details: [String] { get }
    /// The command or the edit that mends it.
    var hint: String? { get }
    var failureClass: FailureClass { get }
    /// Whether the same call may succeed a moment later with nothing changed, such as after a lost connection.
    var isTransient: Bool { get }
}

extension SheafError {
    package var details: [String] { [] }
    package var isTransient: Bool { false }
    package var description: String {
        let whole = details.isEmpty ? message : "\(message): \(details.joined(separator: "; "))"
        return hint.map { "\(whole) (\($0))" } ?? whole
    }
}

/// Findings in what the user wrote, thrown where they stop a command.
package struct DiagnosticsError: SheafError {
    package let diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    package var code: String { diagnostics.first { $0.severity == .error }?.code ?? "manifest.invalid" }
    package var message: String {
        let errors = diagnostics.filter { $0.severity == .error }.count
        return "\(errors) \(errors == 1 ? "error" : "errors") in the manifests"
    }
    package var hint: String? { nil }
    package var failureClass: FailureClass { .invalidInput }
}
