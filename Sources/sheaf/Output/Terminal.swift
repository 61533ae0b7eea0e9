import CLinux
import Glibc

/// What is known of the terminal, if there is one.
///
/// Colour and moving lines are for terminals only, and for nobody who sets `NO_COLOR` or has a dumb terminal.
package struct Terminal: Sendable, Hashable {
    package var isInputTerminal: Bool
    package var isOutputTerminal: Bool
    package var isErrorTerminal: Bool
    /// Columns; 80 where nobody knows better.
    package var width: Int
    /// Whether colour and cursor movement are wanted where there is a terminal.
    package var allowsStyle: Bool

    package init(
        isInputTerminal: Bool = false,
        isOutputTerminal: Bool = false,
        isErrorTerminal: Bool = false,
        width: Int = 80,
        allowsStyle: Bool = true
    ) {
        self.isInputTerminal = isInputTerminal
        self.isOutputTerminal = isOutputTerminal
        self.isErrorTerminal = isErrorTerminal
        self.width = width
        self.allowsStyle = allowsStyle
    }

    /// Asks the standard streams of this process.
    ///
    /// - Parameter environment: Read for `NO_COLOR`, `TERM` and `COLUMNS`.
    /// - Returns: What they are, as of now.
    package static func current(environment: [String: String]) -> Terminal {
        let columns = [STDOUT_FILENO, STDERR_FILENO].map { Int(sheaf_terminal_columns($0)) }.first { $0 > 0 }
        return Terminal(
            isInputTerminal: isatty(STDIN_FILENO) == 1,
            isOutputTerminal: isatty(STDOUT_FILENO) == 1,
            isErrorTerminal: isatty(STDERR_FILENO) == 1,
            width: columns ?? environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? 80,
            allowsStyle: allowsStyle(in: environment)
        )
    }

    /// How text for standard output is styled.
    package var outputStyle: TextStyle { TextStyle(isColored: isOutputTerminal && allowsStyle) }
    /// How text for standard error is styled.
    package var errorStyle: TextStyle { TextStyle(isColored: isErrorTerminal && allowsStyle) }
    /// Whether a line that changes in place may be drawn on standard error.
    package var showsProgress: Bool { isErrorTerminal && allowsStyle }

    /// An empty `NO_COLOR` counts as not set, as its convention has it.
    static func allowsStyle(in environment: [String: String]) -> Bool {
        environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }
}
