import SheafSystem

/// Tables from INI, JSON, TOML, XML and YAML files.
struct ConfigPlugin: TablePlugin {
    static let name = "config"
    static let isDynamic = false

    private let tables: [any PluginTable]
    private let paths: [[String]]

    init(_ arguments: PluginArguments) throws {
        try arguments.allow(["ini_paths", "json_paths", "toml_paths", "xml_paths", "yml_paths"])
        var paths: [[String]] = []
        func files(_ kind: String) throws -> ConfigFiles {
            let argument = "\(kind.lowercased())_paths"
            let found = try arguments.texts(argument)?.map(arguments.path)
            paths.append(found ?? [])
            return ConfigFiles(kind: kind, argument: argument, paths: found, folder: arguments.folder)
        }
        let (ini, json, yml) = (try files("INI"), try files("JSON"), try files("YML"))
        tables = [
            ConfigTable.iniKeyValue(ini), ConfigTable.iniSection(ini), ConfigTable.jsonFile(json),
            ConfigTable.jsonKeyValue(json), ConfigTable.tomlFile(try files("TOML")),
            ConfigTable.xmlFile(try files("XML")), ConfigTable.ymlFile(yml), ConfigTable.ymlKeyValue(yml),
        ]
        self.paths = paths
    }

    /// The tables are always the same, so no folder has to be watched: queries look for the files anew.
    func content() throws -> PluginContent {
        for path in paths.joined() { _ = try Glob(path) }
        return PluginContent(tables: tables)
    }
}

/// The files of one kind that a connection points at.
struct ConfigFiles: Sendable {
    /// A bigger file is no configuration.
    private static let mostBytes = 64 << 20

    var kind: String
    var argument: String
    /// Absolute, with wildcards; nil when the connection says nothing.
    var paths: [String]?
    var folder: String

    /// The files that a query is about: those it names, otherwise those the connection points at.
    func files(named names: [String]?) throws -> [String] {
        if let names { return names }
        guard let paths else {
            throw SteampipeError(
                "steampipe.no-paths",
                "\(argument) must be configured to query \(kind) files",
                hint: "set \(argument) in the connection, or name a file with where path = '…'"
            )
        }
        var seen: Set<String> = []
        return try paths.flatMap { try Glob($0).files }.filter { seen.insert($0).inserted }
    }

    func read(_ path: String) throws -> String {
        let file = try Descriptor.reading(Folder.absolute(path, in: folder))
        var bytes: [UInt8] = []
        while case let more = try file.read(), !more.isEmpty {
            bytes += more
            guard bytes.count <= Self.mostBytes else {
                throw SteampipeError("steampipe.file-too-long", "\(path) is longer than 64 MiB")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A table whose rows come from whole files, one after the other.
struct ConfigTable: PluginTable {
    let name: String
    let description: String
    let columns: [Column]
    let files: ConfigFiles
    /// The rows of a file, without the path that is in front of them.
    let parse: @Sendable (_ text: String, _ path: String) throws -> [[String?]]

    let keyColumns = [KeyColumn(name: "path", isRequired: false)]

    private init(
        _ name: String,
        _ description: String,
        _ files: ConfigFiles,
        _ columns: [Column],
        parse: @escaping @Sendable (_ text: String, _ path: String) throws -> [[String?]]
    ) {
        self.name = name
        self.description = description
        self.files = files
        self.columns = [Column("path", .text, "Specifies the path of the \(files.kind) file.")] + columns
        self.parse = parse
    }

    func rows(_ request: ScanRequest) throws -> any RowStream {
        FileRows(table: self, files: try files.files(named: request.values["path"]), request.cancellation)
    }

    static func iniKeyValue(_ files: ConfigFiles) -> ConfigTable {
        let columns = [
            Column("section", .text, "Specifies the name of the section."),
            Column("key", .text, "The name of the key."),
            Column("value", .text, "The value of corresponding key."),
            Column("comment", .text, "The short notes used to describe the key."),
        ]
        return ConfigTable("ini_key_value", "List all key value pairs from the given INI file.", files, columns) {
            text,
            path in
            let file = try IniFile(text, path: path)
            return file.sections.flatMap { section in
                section.keys.map { [section.name, $0.name, $0.value, $0.comment] }
            }
        }
    }

    static func iniSection(_ files: ConfigFiles) -> ConfigTable {
        let columns = [
            Column("section", .text, "Specifies the name of the section."),
            Column("comment", .text, "The short notes used to describe the section."),
        ]
        return ConfigTable("ini_section", "List all sections in the given INI file.", files, columns) { text, path in
            try IniFile(text, path: path).sections.map { [$0.name, $0.comment] }
        }
    }

    static func jsonFile(_ files: ConfigFiles) -> ConfigTable {
        let columns = [Column("content", .jsonb, "Specifies the file content.")]
        // PostgreSQL reads the text: it is the judge of what is JSON.
        return ConfigTable("json_file", "Represents the JSON file content.", files, columns) { text, _ in [[text]] }
    }

    private static let keyValueColumns = [
        Column("key_path", .ltree, "Specifies full path of a key in the file."),
        Column("value", .text, "Specifies the value of the corresponding key."),
        Column("keys", .jsonb, "The array representation of path of a key."),
    ]
    private static let placeColumns = [
        Column("start_line", .bigint, "Specifies the line number where the value is located."),
        Column("start_column", .bigint, "Specifies the starting column of the value."),
    ]

    static func jsonKeyValue(_ files: ConfigFiles) -> ConfigTable {
        ConfigTable(
            "json_key_value",
            "List all key value pairs from the given JSON file.",
            files,
            keyValueColumns + placeColumns
        ) { text, path in
            try YamlDocument(text, path: path).leaves.map { leaf in
                [leaf.keyPath, leaf.value, leaf.keysJson, String(leaf.line), String(leaf.column)]
            }
        }
    }

    static func tomlFile(_ files: ConfigFiles) -> ConfigTable {
        let columns = [Column("content", .jsonb, "Specifies the file content.")]
        return ConfigTable("toml_file", "Represents the TOML file content.", files, columns) { text, path in
            [[try TomlDocument.json(text, path: path)]]
        }
    }

    static func xmlFile(_ files: ConfigFiles) -> ConfigTable {
        let columns = [Column("content", .jsonb, "Specifies the file content.")]
        return ConfigTable("xml_file", "Represents the XML file content.", files, columns) { text, path in
            [[try XmlDocument.json(text, path: path)]]
        }
    }

    static func ymlFile(_ files: ConfigFiles) -> ConfigTable {
        let columns = [Column("content", .jsonb, "Specifies the file content in JSON format.")]
        return ConfigTable("yml_file", "Represents the YML file content in JSON format.", files, columns) {
            text,
            path in
            [[try YamlDocument(text, path: path).json()]]
        }
    }

    static func ymlKeyValue(_ files: ConfigFiles) -> ConfigTable {
        let tag = Column("tag", .text, "Specifies the data type of the value.")
        return ConfigTable(
            "yml_key_value",
            "List all key value pairs from the given YML file.",
            files,
            keyValueColumns + [tag] + placeColumns
        ) { text, path in
            try YamlDocument(text, path: path).leaves.map { leaf in
                [leaf.keyPath, leaf.value, leaf.keysJson, leaf.tag, String(leaf.line), String(leaf.column)]
            }
        }
    }
}

/// The rows of files, with one file in memory.
private final class FileRows: RowStream {
    private let table: ConfigTable
    private var files: ArraySlice<String>
    private let cancellation: Cancellation
    private var rows: ArraySlice<[String?]> = []

    init(table: ConfigTable, files: [String], _ cancellation: Cancellation) {
        self.table = table
        self.files = files[...]
        self.cancellation = cancellation
    }

    func next() throws -> [String?]? {
        while rows.isEmpty {
            try cancellation.check()
            guard let path = files.popFirst() else { return nil }
            rows = try table.parse(try table.files.read(path), path).map { [path] + $0 }[...]
        }
        return rows.popFirst()
    }
}
