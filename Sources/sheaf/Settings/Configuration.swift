package import SheafArchive
import SheafManifest
package import SheafModel

/// The content of `$SHEAF_HOME/config.yaml`: what holds for every command unless its options say otherwise.
package struct Configuration: Hashable, Sendable {
    /// Whether `apply` takes only archives whose signatures meet the trust file.
    package var requiresSignature = false

    /// What an archive may cost that is opened.
    package var archiveLimits = ArchiveLimits.standard

    /// How many revisions of a bundle stay in its history after an apply; nil for all.
    package var keptRevisions: Int?

    /// Where the gateway's ingress listens; nil leaves it where it is.
    package var gatewayPort: Int?

    /// The file's name in Sheaf's home.
    static let name = "config.yaml"
    private static let requireSignature = "requireSignature"
    private static let limits = "archiveLimits"
    private static let keepRevisions = "keepRevisions"
    private static let portOfGateway = "gatewayPort"

    package init() {}

    /// Parses the file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file; an empty one leaves everything as it is by default.
    ///   - file: How the file is shown.
    /// - Returns: nil when something is wrong, which the findings say.
    package static func parse(
        _ bytes: [UInt8],
        file: String
    ) -> (configuration: Configuration?, findings: [Diagnostic]) {
        var reader = SettingsReader(prefix: "config")
        var configuration = Configuration()
        if let root = reader.document(bytes, file: file),
            let entries = reader.entries(
                root,
                of: "the configuration",
                keys: [requireSignature, limits, keepRevisions, portOfGateway]
            )
        {
            for entry in entries {
                switch entry.key {
                case requireSignature:
                    configuration.requiresSignature = reader.flag(entry.value, of: "'\(requireSignature)'") ?? false
                case limits: read(entry.value, into: &configuration.archiveLimits, &reader)
                case keepRevisions: configuration.keptRevisions = count(entry.value, &reader)
                case portOfGateway: configuration.gatewayPort = port(entry.value, &reader)
                default: break
                }
            }
        }
        return (reader.findings.hasErrors ? nil : configuration, reader.findings)
    }

    private static func count(_ node: ManifestNode, _ reader: inout SettingsReader) -> Int? {
        guard let number = reader.number(node, of: "'\(keepRevisions)'") else { return nil }
        if number >= 1 { return number }
        reader.report("out-of-range", "'\(keepRevisions)' must be at least 1", at: node.span)
        return nil
    }

    private static func port(_ node: ManifestNode, _ reader: inout SettingsReader) -> Int? {
        guard let number = reader.number(node, of: "'\(portOfGateway)'") else { return nil }
        if (1...65_535).contains(number) { return number }
        reader.report("out-of-range", "'\(portOfGateway)' must be between 1 and 65535", at: node.span)
        return nil
    }

    private static func read(_ node: ManifestNode, into values: inout ArchiveLimits, _ reader: inout SettingsReader) {
        let names = ArchiveLimits.Name.allCases
        for entry in reader.entries(node, of: "'\(limits)'", keys: names.map(\.rawValue)) ?? [] {
            guard let name = ArchiveLimits.Name(rawValue: entry.key) else { continue }
            let title = "'\(limits).\(entry.key)'"
            let number =
                name.isSize
                ? reader.size(entry.value, of: title) : reader.number(entry.value, of: title).map { Int64($0) }
            guard let number else { continue }
            guard name.range.contains(number) else {
                reader.report(
                    "out-of-range",
                    "\(title) must be between \(name.range.lowerBound) and \(name.range.upperBound)",
                    at: entry.value.span
                )
                continue
            }
            values[name] = number
        }
    }
}

extension Configuration {
    /// Where the gateway's ingress is to listen, as the configuration in a home says.
    ///
    /// - Returns: nil also when the file cannot be used, which whoever asks for the whole configuration is told.
    static func gatewayPort(in home: String) -> Int? {
        let path = "\(home)/\(name)"
        // Not every command needs the configuration, so none fails for this alone.
        guard let bytes = try? SettingsFile.read(path, prefix: "config") else { return nil }
        return parse(bytes, file: path).configuration?.gatewayPort
    }
}

extension CommandContext {
    /// The configuration in Sheaf's home; without a file the defaults.
    ///
    /// - Throws: `SettingsError` after its findings were told.
    func configuration() throws -> Configuration {
        let path = "\(home)/\(Configuration.name)"
        guard let bytes = try SettingsFile.read(path, prefix: "config") else { return Configuration() }
        let (configuration, findings) = Configuration.parse(bytes, file: path)
        DiagnosticPrinter(terminal: terminal).tell(findings, sources: [path: bytes])
        guard let configuration else { throw SettingsError(findings, in: path) }
        return configuration
    }

    /// Opens an archive within the limits of the configuration.
    ///
    /// - Parameters:
    ///   - path: Of the file.
    ///   - scratch: Where a copy is made that nobody else can change; nil to read the file itself.
    /// - Throws: `SettingsError` when the configuration cannot be used; `ArchiveError` as `Archive.open` gives.
    /// - Returns: The archive, its metadata proven.
    func openArchive(_ path: String, copiedTo scratch: String? = nil) throws -> Archive {
        try Archive.open(path, copiedTo: scratch, limits: configuration().archiveLimits)
    }
}
