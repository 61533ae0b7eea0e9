import SheafModel

/// The one place where failures become exit codes (`docs/commands.md`).
enum ExitStatus {
    /// `--exit-code` was given and there are changes.
    static let changes: Int32 = 2

    static func code(for failure: FailureClass) -> Int32 {
        switch failure {
        case .refused: 1
        case .restored: 3
        case .stuck: 4
        case .usage: 64
        case .invalidInput: 65
        case .missingEngine: 69
        case .busy: 75
        case .interrupted: Interruption.exitCode
        }
    }
}
