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
    /// Where secrets come from; nil where nobody will need them, so that they need not be there.
    package var secrets: (any SecretSource)?
    /// The version of the release: `${{ bundle.version }}`.
    package var version: String
    /// Where the files come from: `${{ git.commit }}`, `${{ git.tag }}`, `${{ git.dirty }}`.
    package var provenance: Provenance

    package init(
        environment: String? = nil,
        files: [File] = [],
        settings: [ValueSetting] = [],
        variables: [String: String]? = nil,
        secrets: (any SecretSource)? = nil,
        version: String,
        provenance: Provenance
    ) {
        self.environment = environment
        self.files = files
        self.settings = settings
        self.variables = variables
        self.secrets = secrets
        self.version = version
        self.provenance = provenance
    }
}
