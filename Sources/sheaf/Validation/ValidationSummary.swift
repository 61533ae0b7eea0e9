import SheafModel

/// How many files were validated, and with what result.
struct ValidationSummary {
    private var files: Set<String> = []
    private var errors = 0
    private var warnings = 0

    mutating func add(_ result: ValidationResult) {
        files.formUnion(result.sources.keys)
        errors += result.diagnostics.count { $0.severity == .error }
        warnings += result.diagnostics.count { $0.severity == .warning }
    }

    func isValid(strict: Bool) -> Bool { errors == 0 && (warnings == 0 || !strict) }

    /// Such as `valid: 3 files, 0 errors, 1 warning`.
    func line(strict: Bool) -> String {
        let counts = [Self.count(files.count, "file"), Self.count(errors, "error"), Self.count(warnings, "warning")]
        return "\(isValid(strict: strict) ? "valid" : "not valid"): \(counts.joined(separator: ", "))"
    }

    /// A number with its word.
    static func count(_ number: Int, _ word: String) -> String { "\(number) \(number == 1 ? word : word + "s")" }
}
