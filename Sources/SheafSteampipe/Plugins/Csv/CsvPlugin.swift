/// Tables from CSV files.
struct CsvPlugin: TablePlugin {
    static let name = "csv"
    static let isDynamic = true
    /// What a wildcard without an extension of its own finds.
    private static let extensions = [".csv", ".tsv", ".psv", ".csv.gz", ".tsv.gz", ".psv.gz"]

    private let paths: [String]
    private let format: CsvFormat
    private let log: ServiceLog

    init(_ arguments: PluginArguments) throws {
        try arguments.allow(["paths", "separator", "comment", "header"])
        // Steampipe looks at all files of its working directory when nothing is said.
        paths = try (arguments.texts("paths") ?? ["*"]).map(arguments.path)
        format = try Self.format(arguments)
        log = arguments.log
    }

    private static func format(_ arguments: PluginArguments) throws -> CsvFormat {
        var format = CsvFormat()
        if let separator = try character("separator", of: arguments) { format.separator = separator }
        format.comment = try character("comment", of: arguments)
        if let attribute = arguments.attributes["header"] {
            let text = attribute.value == .bool(true) ? "on" : attribute.value == .bool(false) ? "off" : nil
            let named = try text ?? arguments.text("header") ?? "auto"
            guard let header = CsvFormat.Header(rawValue: named) else {
                throw HclError(
                    file: arguments.file,
                    position: attribute.valuePosition,
                    message: "'header' must be \"auto\", \"on\" or \"off\", not \"\(named)\""
                )
            }
            format.header = header
        }
        return format
    }

    private static func character(_ name: String, of arguments: PluginArguments) throws -> UInt8? {
        guard let text = try arguments.text(name), !text.isEmpty, let attribute = arguments.attributes[name] else {
            return nil
        }
        guard text.utf8.count == 1, let byte = text.utf8.first, !#""\#n\#r"#.utf8.contains(byte) else {
            throw HclError(
                file: arguments.file,
                position: attribute.valuePosition,
                message: "'\(name)' must be one ASCII character, and neither a quote nor a line break"
            )
        }
        return byte
    }

    func content() throws -> PluginContent {
        var tables: [String: CsvTable] = [:]
        var folders: Set<String> = []
        for path in paths {
            let glob = try Glob(path)
            folders.formUnion(glob.folders)
            for file in glob.files where Self.isWanted(file, by: path) {
                let name = Self.tableName(file)
                if let other = tables[name] {
                    if other.path != file {
                        log.write("csv: \(file) is left out: \(other.path) is the table '\(name)'")
                    }
                    continue
                }
                do {
                    tables[name] = try CsvTable(name: name, path: file, format: format, log: log)
                } catch {
                    // One broken file does not take the others away.
                    log.write("csv: \(file) is left out: \(error)")
                }
            }
        }
        return PluginContent(
            tables: tables.values.sorted { $0.name < $1.name },
            folders: folders.sorted()
        )
    }

    /// Whether a file that a pattern found is meant: one without an extension of its own finds files of known ones only.
    private static func isWanted(_ file: String, by path: String) -> Bool {
        let last = Folder.baseName(path)
        guard PathPattern.hasWildcard(last) else { return true }
        let tail = last.suffix { !"*?]}".contains($0) }
        return tail.contains(".") || extensions.contains { file.lowercased().hasSuffix($0) }
    }

    /// The name of a file without `.gz` and without its extension.
    package static func tableName(_ path: String) -> String {
        var name = Folder.baseName(path)[...]
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        if let dot = name.lastIndex(of: "."), dot != name.startIndex { name = name[..<dot] }
        return String(name)
    }
}

extension StringProtocol {
    /// The longest end of the text whose characters all fit.
    fileprivate func suffix(while fits: (Character) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, fits(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
