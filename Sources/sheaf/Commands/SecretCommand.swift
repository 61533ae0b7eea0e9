import ArgumentParser
import FoundationEssentials
import SheafArchive
import SheafModel
import SheafStore
import SheafSystem

/// `sheaf secret`.
struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Keep values for ${{ secrets.NAME }}, sealed.",
        discussion: """
            What is kept here is the last place that a secret is looked for: '--secrets FILE' comes first, then the \
            variable SHEAF_SECRET_NAME.

            EXAMPLES
              sheaf secret set DB_PASSWORD
              sheaf secret list
              sheaf secret delete DB_PASSWORD
            """,
        subcommands: [SecretSetCommand.self, SecretListCommand.self, SecretDeleteCommand.self]
    )
}

/// The name of a secret, checked as in expressions.
struct SecretName: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard let reference = SecretReference(name: argument) else { return nil }
        text = reference.name
    }
}

/// `sheaf secret set`.
struct SecretSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Keep the value of a secret.",
        discussion: """
            The value comes from standard input, where one line end behind it is dropped; on a terminal it is asked for \
            and does not show. It is never an argument, which everybody on the machine could read. What is live keeps \
            the value that it has until the next apply.

            EXAMPLES
              sheaf secret set DB_PASSWORD
              pass show shop/db | sheaf secret set DB_PASSWORD
              sheaf secret set TLS_KEY --from-file shop.key
            """
    )

    @Argument(help: "Its name: letters, digits, '_', '-' and '.'.")
    var name: SecretName

    @Option(help: "Read the value from a file; one line end at its end is dropped.", completion: .file())
    var fromFile: String?

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var change: String
        var name: String
    }

    func run() throws {
        let context = try CommandContext()
        let value = try SecretInput(name: name.text, terminal: context.terminal).read(from: fromFile)
        let store = try context.store()
        // Keeps the key from being exchanged before what it seals is recorded.
        let hold = try context.content.hold()
        let sealed = try context.keys.sealingKey().seal(value, of: name.text)
        let change = try store.setSecret(sealed, by: context.user, at: Date.now)
        hold.release()
        try Rendering.show(Record(change: change.rawValue, name: name.text), as: format.output) {
            switch change {
            case .created: "the secret '\(name.text)' is kept\n"
            case .changed: "the secret '\(name.text)' has a new value\n"
            case .unchanged: "the secret '\(name.text)' has this value already\n"
            }
        }
    }
}

/// `sheaf secret list`.
struct SecretListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the secrets that are kept, without their values.",
        discussion: """
            EXAMPLES
              sheaf secret list
              sheaf secret list --output json
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var name: String
        var setAt: Date
        var setBy: String
    }

    func run() throws {
        let secrets = try CommandContext().existingStore()?.secrets() ?? []
        let records = secrets.map { Record(name: $0.name, setAt: $0.setAt, setBy: $0.author) }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "no secrets are kept\n" }
            var table = TableText(["name", "set", "by"])
            for record in records { table.add([record.name, Rendering.date(record.setAt), record.setBy]) }
            return table.render()
        }
    }
}

/// `sheaf secret delete`.
struct SecretDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget a secret.",
        discussion: """
            What is live keeps the value, and so does every revision that was made with it, sealed: a rollback restores \
            it.

            EXAMPLES
              sheaf secret delete DB_PASSWORD
            """
    )

    @Argument(help: "Its name.")
    var name: SecretName

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var change = "deleted"
        var name: String
    }

    func run() throws {
        guard let store = try CommandContext().existingStore() else {
            throw Store.unknownSecret(name.text, among: [])
        }
        try store.deleteSecret(name.text)
        try Rendering.show(Record(name: name.text), as: format.output) { "the secret '\(name.text)' is forgotten\n" }
    }
}
