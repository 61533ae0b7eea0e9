package import SheafModel

/// What a user gave to fill in a bundle's expressions, beside the files of the bundle itself.
package struct ValueRequest: Sendable {
    /// A file of values that the user named.
    package struct File: Sendable {
        /// As the user wrote it.
        package var name: String
        package var bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The environment, whose values stand in `environments/NAME.yaml`.
    package var environment: String?
    /// In the order in which the user gave them; later ones win.
    package var files: [File]
    /// In the order in which the user gave them; later ones win.
    package var settings: [ValueSetting]
    /// What `$NAME` and `${NAME}` stand for; nil leaves them alone.
    package var variables: [String: String]?
    /// Where secrets come from.
    package var secrets: any SecretSource
    /// Whether every secret must be there; otherwise nobody will ask for its value.
    package var needsSecrets: Bool
    /// The version of the release: `${{ bundle.version }}`.
    package var version: String
    /// Where the files come from: `${{ git.commit }}`, `${{ git.tag }}`, `${{ git.dirty }}`.
    package var provenance: Provenance

    package init(
        environment: String? = nil,
        files: [File] = [],
        settings: [ValueSetting] = [],
        variables: [String: String]? = nil,
        secrets: any SecretSource = SecretSources([]),
        needsSecrets: Bool = true,
        version: String,
        provenance: Provenance
    ) {
        self.environment = environment
        self.files = files
        self.settings = settings
        self.variables = variables
        self.secrets = secrets
        self.needsSecrets = needsSecrets
        self.version = version
        self.provenance = provenance
    }
}
