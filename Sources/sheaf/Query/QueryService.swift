import SheafExecutor
import SheafModel
import SheafPostgres
import SheafStore
import SheafSystem

/// The SteamPipe service that a query goes to.
struct QueryService {
    let id: ResourceID
    private let endpoint: SteampipeEndpoint

    /// Finds the live service that a text means.
    ///
    /// - Throws: `NoSuchResource`, `QueryError`.
    init(_ text: String, in context: CommandContext) throws {
        let store = try context.existingStore()
        let instance: ResourceInstance
        do {
            instance = try LiveResource.find(text, in: store)
        } catch let error as NoSuchResource where !error.isAmbiguous {
            throw error.with(hint: try Self.help(for: text, store, context))
        }
        id = instance.resource.id
        guard let endpoint = SteampipeEndpoint(of: context.executor.files(of: instance)) else {
            throw QueryError(
                .noDatabase,
                "\(id) does not answer SQL",
                hint: try Self.help(for: text, store, context)
            )
        }
        self.endpoint = endpoint
    }

    /// Names the services that can be asked, or the one that is meant.
    private static func help(for text: String, _ store: Store?, _ context: CommandContext) throws -> String {
        let services =
            try store?.inventory().map(\.instance)
            .filter { SteampipeEndpoint(of: context.executor.files(of: $0)) != nil }.map(\.resource.id) ?? []
        guard !services.isEmpty else { return "only services of the stack steampipe answer SQL, and none is live" }
        if let near = Suggestion.help(for: ResourceQuery(text).name, among: services.map(\.name)) { return near }
        return "choose from: \(services.map(\.description).sorted().joined(separator: ", "))"
    }

    /// Connects as the user whose password the incarnation has.
    ///
    /// - Throws: `QueryError` when the service does not answer.
    func connect() throws -> PostgresClient {
        let login = PostgresClient.Login(
            user: endpoint.user,
            database: endpoint.database,
            password: endpoint.password
        )
        do {
            return try PostgresClient(.port(endpoint.port), as: login)
        } catch let error as SystemError {
            throw unreachable(error.reason)
        } catch let error as PostgresError {
            throw unreachable(error.message)
        }
    }

    /// The service is gone, or was never there.
    func unreachable(_ reason: String) -> QueryError {
        QueryError(
            .unreachable,
            "\(id) does not answer on port \(endpoint.port): \(reason)",
            hint: "see what it says with 'sheaf logs \(id)'"
        )
    }
}

/// A query that did not come to its end.
struct QueryError: SheafError {
    enum Code: String {
        case noDatabase = "query.no-database"
        case unreachable = "query.unreachable"
        case noStatement = "query.no-statement"
        case interrupted = "query.interrupted"
        case outputFailed = "query.output-failed"
    }

    private let reason: Code
    let message: String
    let hint: String?

    init(_ reason: Code, _ message: String, hint: String? = nil) {
        self.reason = reason
        self.message = message
        self.hint = hint
    }

    var code: String { reason.rawValue }
    var failureClass: FailureClass {
        switch reason {
        case .noDatabase, .outputFailed: .refused
        case .unreachable: .missingEngine
        case .noStatement: .usage
        case .interrupted: .interrupted
        }
    }
}
