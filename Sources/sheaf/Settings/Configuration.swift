import SheafManifest
package import SheafModel

/// The content of `$SHEAF_HOME/config.yaml`: what holds for every command unless its options say otherwise.
package struct Configuration: Hashable, Sendable {
    /// Whether `apply` takes only archives whose signatures meet the trust file.
    package var requiresSignature = false

    /// The file's name in Sheaf's home.
    static let name = "config.yaml"
    private static let requireSignature = "requireSignature"

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
            let entries = reader.entries(root, of: "the configuration", keys: [requireSignature])
        {
            for entry in entries where entry.key == requireSignature {
                if let value = reader.flag(entry.value, of: "'\(requireSignature)'") {
                    configuration.requiresSignature = value
                }
            }
        }
        return (reader.findings.hasErrors ? nil : configuration, reader.findings)
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
}
