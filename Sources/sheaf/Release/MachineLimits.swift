import SheafModel

extension ReleaseLoader.Loaded {
    /// What of a release has another effect on one machine than on the platform, or none, as warnings without a place.
    private var machineLimits: [Diagnostic] {
        bundle.resources.flatMap(\.limitsOfOneMachine).map { limit in
            Diagnostic(code: "executor.one-machine", severity: .warning, message: limit.message, help: limit.help)
        }
    }

    /// Tells people what they should know before it runs here.
    func tellMachineLimits(on terminal: Terminal) {
        DiagnosticPrinter(terminal: terminal).tell(machineLimits, sources: [:])
    }
}
