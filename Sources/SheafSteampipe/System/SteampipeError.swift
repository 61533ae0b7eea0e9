/// An error of the engine that a person can act on.
///
/// It has the shape of the errors of the other targets, without their dependencies: this engine is a small program of
/// its own.
package struct SteampipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a failure means for the exit code, as Steampipe numbers them.
    package enum Exit: Int32, Sendable {
        case queryFailed = 41
        case setup = 31
        case start = 32
        case stop = 33
        case usage = 254
    }

    /// A stable name such as `steampipe.postgres-missing`.
    package let code: String
    /// What failed, on what, and why, as one sentence.
    package let message: String
    /// The command or the edit that mends it.
    package let hint: String?
    package let exit: Exit

    package init(_ code: String, _ message: String, hint: String? = nil, exit: Exit = .queryFailed) {
        self.code = code
        self.message = message
        self.hint = hint
        self.exit = exit
    }

    package var description: String { hint.map { "\(message); \($0)" } ?? message }

    /// libpq ends a text at its first zero: the rest would be lost without a word.
    static let zeroInText = SteampipeError(
        "steampipe.nul-in-text",
        "invalid byte sequence for encoding \"UTF8\": 0x00"
    )
}
