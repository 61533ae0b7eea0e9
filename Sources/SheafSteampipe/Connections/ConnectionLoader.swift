import SheafSystem

/// Reads the `.spc` files of a folder.
package struct ConnectionLoader {
    private var result = ConnectionSet()
    private var connections: [String: ConnectionConfig] = [:]
    /// Where the options of each name stand.
    private var options: [String: String] = [:]
    private var pending: [(HclBlock, String)] = []

    /// Reads all files of a folder, in the order of their names.
    ///
    /// It never fails: what is wrong is in the problems, and in the connections it is about.
    package static func load(folder: String) -> ConnectionSet {
        var loader = ConnectionLoader()
        let names = (Folder.names(in: folder) ?? []).filter { $0.hasSuffix(".spc") && !$0.hasPrefix(".") }
        for name in names {
            guard let text = TextFile.read("\(folder)/\(name)") else {
                loader.result.problems.append("\(name): the file cannot be read")
                continue
            }
            loader.take(HclParser.parse(text, file: name))
        }
        return loader.finished()
    }

    /// Reads files that are in memory.
    package static func load(files: [(name: String, text: String)]) -> ConnectionSet {
        var loader = ConnectionLoader()
        for file in files { loader.take(HclParser.parse(file.text, file: file.name)) }
        return loader.finished()
    }

    private mutating func take(_ file: HclFile) {
        result.problems += file.problems.map(\.description)
        for block in file.blocks {
            switch block.type {
            case "connection": pending.append((block, file.name))
            case "plugin": takePlugin(block, file.name)
            case "options": takeOptions(block, file.name)
            case "workspace": continue
            default:
                result.problems.append(
                    "\(file.name):\(block.position.line):\(block.position.column): unknown block '\(block.type)'"
                )
            }
        }
    }

    /// `plugin.NAME` in a connection refers to such a block.
    private mutating func takePlugin(_ block: HclBlock, _ file: String) {
        let place = "\(file):\(block.position.line):\(block.position.column)"
        guard block.labels.count == 1, let name = block.labels.first else {
            result.problems.append("\(place): a plugin block has exactly one name")
            return
        }
        if let other = result.plugins.first(where: { $0.name == name }) {
            result.problems.append(
                "\(place): duplicate plugin name '\(name)', which \(other.file):\(other.startLine) has already"
            )
            return
        }
        var memory: Int?
        if case .number(let text) = block["memory_max_mb"]?.value { memory = Int(text) }
        result.plugins.append(
            PluginBlock(
                name: name,
                source: block["source"]?.value.text ?? name,
                memoryMaxMb: memory,
                file: file,
                startLine: block.position.line,
                endLine: block.end.line
            )
        )
    }

    /// Options of one name stand once in all files of the folder.
    private mutating func takeOptions(_ block: HclBlock, _ file: String) {
        let place = "\(file):\(block.position.line):\(block.position.column)"
        guard block.labels.count == 1, let name = block.labels.first else {
            result.problems.append("\(place): an options block has exactly one name")
            return
        }
        if let other = options[name] {
            result.problems.append("\(place): duplicate options block '\(name)', which \(other) has already")
            return
        }
        options[name] = "\(file):\(block.position.line)"
        guard name == "database" else { return }
        if let path = Self.names(block["search_path"]) { result.searchPath = path }
        if let prefix = Self.names(block["search_path_prefix"]) { result.searchPathPrefix = prefix }
    }

    /// Names in a list, or in a text with commas.
    private static func names(_ attribute: HclAttribute?) -> [String]? {
        if let texts = attribute?.value.texts { return texts }
        return attribute?.value.text?.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private mutating func finished() -> ConnectionSet {
        for (block, file) in pending { add(block, file) }
        result.connections = connections.values.sorted { $0.name < $1.name }
        return result
    }

    private mutating func add(_ block: HclBlock, _ file: String) {
        let place = "\(file):\(block.position.line):\(block.position.column)"
        guard block.labels.count == 1, let name = block.labels.first else {
            result.problems.append("\(place): a connection has exactly one name")
            return
        }
        if let objection = ConnectionConfig.objection(to: name) {
            result.problems.append("\(place): the connection '\(name)' is left out: \(objection)")
            return
        }
        if let other = connections[name] {
            result.problems.append(
                "\(place): duplicate connection name '\(name)', which \(other.file):\(other.startLine) has already"
            )
            return
        }
        connections[name] = connection(name, block, file)
    }

    private func connection(_ name: String, _ block: HclBlock, _ file: String) -> ConnectionConfig {
        var attributes: [String: HclAttribute] = [:]
        for attribute in block.attributes { attributes[attribute.name] = attribute }
        let own = ["plugin", "type", "connections", "import_schema"]
        var config = ConnectionConfig(
            name: name,
            kind: .plugin,
            plugin: "",
            members: [],
            hasSchema: true,
            attributes: attributes.filter { !own.contains($0.key) },
            file: file,
            startLine: block.position.line,
            endLine: block.end.line,
            problem: block.problem?.description
        )
        do throws(HclError) {
            config.plugin = try plugin(attributes["plugin"], block, file)
            config.kind = try kind(attributes["type"], file) ?? .plugin
            config.hasSchema = try importSchema(attributes["import_schema"], file)
            if config.kind == .aggregator { config.members = try members(attributes["connections"], block, file) }
            if let inner = block.blocks.first {
                throw HclError(
                    file: file,
                    position: inner.position,
                    message: "a connection holds attributes only, no blocks"
                )
            }
        } catch {
            config.problem = config.problem ?? error.description
        }
        return config
    }

    private func plugin(_ attribute: HclAttribute?, _ block: HclBlock, _ file: String) throws(HclError) -> String {
        guard let attribute else {
            throw HclError(file: file, position: block.position, message: "the connection has no 'plugin'")
        }
        switch attribute.value {
        case .string(let text) where !text.isEmpty: return source(of: text) ?? text
        case .reference(let path) where path.hasPrefix("plugin."):
            let label = String(path.dropFirst(7))
            if let source = source(of: label) { return source }
            throw HclError(
                file: file,
                position: attribute.valuePosition,
                message: "there is no block plugin \"\(label)\""
            )
        default:
            throw HclError(
                file: file,
                position: attribute.valuePosition,
                message: "'plugin' must be the name of a plugin"
            )
        }
    }

    private func source(of plugin: String) -> String? { result.plugins.first { $0.name == plugin }?.source }

    private func kind(
        _ attribute: HclAttribute?,
        _ file: String
    ) throws(HclError) -> ConnectionConfig.Kind? {
        guard let attribute else { return nil }
        guard let text = attribute.value.text, let kind = ConnectionConfig.Kind(rawValue: text) else {
            throw HclError(
                file: file,
                position: attribute.valuePosition,
                message: "'type' must be \"plugin\" or \"aggregator\""
            )
        }
        return kind
    }

    private func importSchema(_ attribute: HclAttribute?, _ file: String) throws(HclError) -> Bool {
        switch attribute?.value {
        case nil, .string("enabled"): return true
        case .string("disabled"): return false
        default:
            throw HclError(
                file: file,
                position: attribute?.valuePosition ?? HclPosition(line: 1, column: 1),
                message: "'import_schema' must be \"enabled\" or \"disabled\""
            )
        }
    }

    private func members(_ attribute: HclAttribute?, _ block: HclBlock, _ file: String) throws(HclError) -> [String] {
        guard let texts = attribute?.value.texts else {
            throw HclError(
                file: file,
                position: attribute?.valuePosition ?? block.position,
                message: "an aggregator needs 'connections', a list of names and patterns"
            )
        }
        return texts
    }
}
