import ArgumentParser
import SheafModel
import SheafPostgres

/// `sheaf query`.
struct QueryCommand: AsyncParsableCommand {
    /// As Steampipe has it.
    static let failed = ExitCode(41)

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask a live SteamPipe service with SQL.",
        discussion: """
            The SQL is the argument, or stands in a file, or is read from standard input. Several statements are one \
            transaction, and each shows its result. Rows are shown as they come, however many they are; Ctrl-C ends the \
            query on the server. A query that fails exits with 41.

            EXAMPLES
              sheaf query warehouse "select * from shop.orders limit 5"
              sheaf query warehouse -f report.sql --output csv > report.csv
              echo "select 1 as one" | sheaf query warehouse --output json
              sheaf query warehouse "select now()" --timeout 30s
              sheaf query warehouse "select * from orders" --search-path shop
            """
    )

    @Argument(help: "The service: TYPE:NAME, TYPE:NAME:WORKSPACE, or a name that only one has.")
    var service: String

    @Argument(help: "The SQL; '-' or nothing is standard input.")
    var sql: String?

    @Option(name: [.customShort("f"), .long], help: "A file with the SQL; '-' is standard input.", completion: .file())
    var file: String?

    @Option(name: [.customShort("o"), .long], help: "Show results as a table, csv, json, or a line for each value.")
    var output = QueryForm.Kind.table

    @Option(help: "Whether tables and CSV begin with the names of the columns: true or false.")
    var header = true

    @Option(help: "The character between the fields of CSV.")
    var separator = ","

    @Option(help: "The schemas that names without one are looked up in, with commas between them.")
    var searchPath: String?

    @Option(help: "Schemas that are looked in first, with commas between them.")
    var searchPathPrefix: String?

    @Option(help: "End a statement on the server after this time, such as 30s or 10m.")
    var timeout: DurationArgument?

    func validate() throws {
        guard sql == nil || file == nil else { throw ValidationError("give the SQL or --file, not both") }
        guard separator.count == 1, separator != "\"", separator.first?.isNewline == false else {
            throw ValidationError("--separator must be one character, and neither a quote nor a line end")
        }
    }

    func run() async throws {
        let context = try CommandContext()
        let service = try QueryService(service, in: context)
        let text = try QueryText(argument: sql, file: file, isTerminal: context.terminal.isInputTerminal)
        let settings = QuerySettings(
            searchPath: searchPath.map(Self.names),
            searchPathPrefix: searchPathPrefix.map(Self.names) ?? [],
            timeout: timeout?.value
        )
        let form = QueryForm(kind: output, hasHeader: header, separator: separator.first ?? ",")
        let query = QueryRun(
            service: service,
            text: text,
            settings: settings,
            form: form,
            isWatched: context.terminal.isOutputTerminal
        )
        let printer = DiagnosticPrinter(terminal: context.terminal)
        let interruption = QueryInterruption()
        do {
            try await Interruption.cancels(onSignal: { interruption.interrupt() }) {
                try query.run(interruption) { notice in
                    printer.tell([notice.finding], sources: [:])
                }
            }
        } catch let error as PostgresError {
            if error.isCancellation, interruption.isInterrupted {
                throw QueryError(.interrupted, "the query was interrupted")
            }
            printer.tell([text.diagnostic(error)], sources: [text.name: Array(text.sql.utf8)])
            throw Self.failed
        }
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map {
            String($0.trimmingPrefix { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension PostgresError {
    /// What the server remarks on the way.
    fileprivate var finding: Diagnostic {
        Diagnostic(
            code: "query.notice",
            severity: severity == "WARNING" ? .warning : .note,
            message: message,
            help: hint
        )
    }
}
