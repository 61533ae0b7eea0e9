import ArgumentParser
import SheafModel

/// A first word that is no command.
struct UnknownCommand: SheafError {
    private let word: String
    private let names: [String]

    /// - Returns: nil when the first word is a command or an option, so that something else is wrong.
    init?(_ arguments: [String], of root: any ParsableCommand.Type) {
        let names = Self.names(of: root)
        guard let word = arguments.dropFirst().first, !word.hasPrefix("-"), word != "help", !names.contains(word) else {
            return nil
        }
        self.word = word
        self.names = names
    }

    private static func names(of root: any ParsableCommand.Type) -> [String] {
        // Those of groups are among them.
        root.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .compactMap { $0.configuration.commandName }
    }

    var code: String { "usage.unknown-command" }
    var message: String { "there is no command '\(word)'" }
    var hint: String? {
        Suggestion.help(for: word, among: names) ?? "the commands are: \(names.joined(separator: ", "))"
    }
    var failureClass: FailureClass { .usage }
}
