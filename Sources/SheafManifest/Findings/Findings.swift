internal import SheafModel

/// Collects what is wrong; the severity comes with the code unless a caller knows better.
struct Findings: Sendable {
    private(set) var all: [Diagnostic] = []

    mutating func report(
        _ code: ManifestCode,
        _ message: String,
        at span: SourceSpan?,
        severity: Diagnostic.Severity? = nil,
        help: String? = nil,
        related: [Diagnostic.Related] = [],
        fix: Diagnostic.Fix? = nil
    ) {
        all.append(
            Diagnostic(
                code: code.rawValue,
                severity: severity ?? code.severity,
                message: message,
                span: span,
                help: help,
                related: related,
                fix: fix
            )
        )
    }

    mutating func append(_ other: Findings) { all.append(contentsOf: other.all) }

    mutating func append(_ diagnostics: [Diagnostic]) { all.append(contentsOf: diagnostics) }

    var hasErrors: Bool { all.hasErrors }

    /// Each finding once, by place.
    var inFileOrder: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return all.filter { seen.insert($0).inserted }.inFileOrder
    }
}
