/// Finds what the connections of a configuration offer.
package struct InventoryBuilder {
    private let folder: String
    private let environment: [String: String]
    private let log: ServiceLog
    private var statuses: [String: ConnectionStatus] = [:]
    private var folders: Set<String>
    private var notes: [String]

    /// Looks at everything that the connections point at.
    ///
    /// - Parameters:
    ///   - set: The connections.
    ///   - folder: What relative paths start at; absolute.
    ///   - environment: What plugins may see.
    ///   - log: For what plugins leave out.
    /// - Returns: All connections with their tables, also those in error.
    package static func inventory(
        of set: ConnectionSet,
        folder: String,
        environment: [String: String],
        log: ServiceLog
    ) -> Inventory {
        var builder = InventoryBuilder(folder, environment, log, notes: set.problems)
        for config in set.connections where config.kind == .plugin { builder.addPlugin(config) }
        for config in set.connections where config.kind == .aggregator { builder.addAggregator(config) }
        let statuses = builder.statuses.values.sorted { $0.config.name < $1.config.name }
        return Inventory(
            statuses: statuses,
            plugins: set.plugins,
            searchPath: searchPath(set, visible: statuses.filter(\.isVisible).map(\.config.name)),
            folders: builder.folders,
            notes: builder.notes
        )
    }

    private init(_ folder: String, _ environment: [String: String], _ log: ServiceLog, notes: [String]) {
        self.folder = folder
        self.environment = environment
        self.log = log
        self.notes = notes
        folders = [folder]
    }

    private static func searchPath(_ set: ConnectionSet, visible: [String]) -> [String] {
        let path = set.searchPathPrefix + (set.searchPath ?? ["public"] + visible)
        var seen: Set<String> = [Inventory.internalSchema]
        return path.filter { seen.insert($0).inserted } + [Inventory.internalSchema]
    }

    private mutating func addPlugin(_ config: ConnectionConfig) {
        var status = ConnectionStatus(
            config: config,
            state: config.hasSchema ? .ready : .disabled,
            error: config.problem,
            tables: [],
            members: [],
            isDynamic: false
        )
        do {
            if let problem = config.problem { throw SteampipeError("steampipe.invalid-connection", problem) }
            guard let type = PluginRegistry.type(of: config.pluginName) else {
                throw PluginRegistry.unavailable(config.pluginName)
            }
            status.isDynamic = type.isDynamic
            let arguments = PluginArguments(
                attributes: config.attributes,
                file: config.file,
                folder: folder,
                environment: environment,
                log: log
            )
            let content = try type.init(arguments).content()
            folders.formUnion(content.folders)
            status.tables = content.tables.compactMap {
                CatalogTable([CatalogTable.Source(connection: config.name, table: $0)])
            }
        } catch {
            fail(&status, String(describing: error))
        }
        statuses[config.name] = status
    }

    private mutating func addAggregator(_ config: ConnectionConfig) {
        var status = ConnectionStatus(
            config: config,
            state: config.hasSchema ? .ready : .disabled,
            error: nil,
            tables: [],
            members: [],
            isDynamic: false
        )
        defer { statuses[config.name] = status }
        if let problem = config.problem { return fail(&status, problem) }
        guard let type = PluginRegistry.type(of: config.pluginName) else {
            return fail(&status, PluginRegistry.unavailable(config.pluginName).description)
        }
        status.isDynamic = type.isDynamic
        status.members = members(of: config)
        var order: [String] = []
        var sources: [String: [CatalogTable.Source]] = [:]
        for source in status.members.flatMap({ statuses[$0]?.tables ?? [] }).flatMap(\.sources) {
            if sources[source.table.name] == nil { order.append(source.table.name) }
            sources[source.table.name, default: []].append(source)
        }
        status.tables = order.compactMap { CatalogTable(sources[$0] ?? []) }
    }

    /// The connections of the same plugin that an aggregator's names and patterns stand for, sorted.
    private mutating func members(of config: ConnectionConfig) -> [String] {
        let candidates = statuses.values
            .filter { $0.config.kind == .plugin && $0.config.pluginName == config.pluginName }
            .map(\.config.name)
        var members: Set<String> = []
        for text in config.members {
            let found =
                candidates.contains(text) ? [text] : candidates.filter { PathPattern(text)?.matches($0) == true }
            if found.isEmpty {
                notes.append("aggregator '\(config.name)' with pattern '\(text)' matches no connections")
            }
            members.formUnion(found)
        }
        return members.sorted()
    }

    private mutating func fail(_ status: inout ConnectionStatus, _ reason: String) {
        status.state = .error
        status.error = reason
        status.tables = []
        notes.append("connection '\(status.config.name)' is in error: \(reason)")
    }
}
