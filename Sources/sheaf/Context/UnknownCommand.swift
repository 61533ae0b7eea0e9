import ArgumentParser
import SheafModel

/// A word in the place of a command that is none, such as `sheaf secret lst`.
struct UnknownCommand: SheafError {
    /// With the words before it.
    private let path: String
    private let word: String
    private let names: [String]

    /// - Returns: nil when all words up to the first that is no command's are commands, so that something else is wrong.
    init?(_ arguments: [String], of root: any ParsableCommand.Type) {
        var command = root
        var before: [String] = []
        for word in arguments.dropFirst() {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, command.configuration.defaultSubcommand == nil, !word.hasPrefix("-"),
                word != "help"
            else { return nil }
            guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
                self.word = word
                path = (before + [word]).joined(separator: " ")
                names = subcommands.filter { $0.configuration.shouldDisplay }
                    .compactMap { $0.configuration.commandName }
                return
            }
            command = next
            before.append(word)
        }
        return nil
    }

    var code: String { "usage.unknown-command" }
    var message: String { "there is no command '\(path)'" }
    var hint: String? {
        Suggestion.help(for: word, among: names) ?? "the commands are: \(names.joined(separator: ", "))"
    }
    var failureClass: FailureClass { .usage }
}
