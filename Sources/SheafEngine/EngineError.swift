package import SheafModel

/// Why an operation on a bundle did not succeed.
package struct EngineError: SheafError {
    package struct Code: Sendable, Hashable {
        fileprivate let name: String

        package static let refused = Code(name: "engine.refused")
        package static let failed = Code(name: "engine.failed")
        package static let interrupted = Code(name: "engine.interrupted")
        package static let stuck = Code(name: "engine.stuck")
        package static let inconsistent = Code(name: "engine.inconsistent-target")
        package static let timeout = Code(name: "engine.timeout")
        package static let notReady = Code(name: "engine.not-ready")
        package static let unknownWorkspace = Code(name: "engine.unknown-workspace")
        package static let nothingLive = Code(name: "engine.nothing-live")
        package static let noSnapshot = Code(name: "engine.no-snapshot")
        package static let dataInUse = Code(name: "engine.data-in-use")
        package static let nothingToConfirm = Code(name: "engine.nothing-to-confirm")
        package static let confirmationLate = Code(name: "engine.confirmation-late")
        package static let unknownRevision = Code(name: "engine.unknown-revision")
        package static let existsAlready = Code(name: "engine.exists-already")
        package static let needed = Code(name: "engine.needed-elsewhere")
        package static let claimed = Code(name: "engine.claimed-elsewhere")
    }

    package let kind: Code
    package let message: String
    package let hint: String?
    package let details: [String]
    package let failureClass: FailureClass

    /// That of the cause, where there is one that says more, such as `executor.port-taken`.
    package let code: String

    package init(
        _ kind: Code,
        _ failureClass: FailureClass,
        _ message: String,
        hint: String? = nil,
        details: [String] = [],
        cause: (any SheafError)? = nil
    ) {
        self.kind = kind
        code = cause?.code ?? kind.name
        self.failureClass = failureClass
        self.message = message
        self.hint = hint
        self.details = details
    }
}
