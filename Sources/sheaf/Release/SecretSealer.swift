import SheafModel

/// Puts sealed values in the place of the secrets that a resolved bundle names.
struct SecretSealer {
    let key: SealingKey
    let source: any SecretSource

    /// The bundle as it is kept.
    ///
    /// - Throws: What the source throws, or `SourceError` when a secret has vanished since the bundle was resolved.
    func seal(_ bundle: ResolvedBundle) throws -> ResolvedBundle {
        var sealed: [String: String] = [:]
        return try bundle.mapTexts { text in
            try SecretReference.replace(in: text) { name in
                if let known = sealed[name] { return known }
                guard let value = try source.secret(name) else {
                    throw SourceError(
                        code: "values.missing-secret",
                        message: "the secret '\(name)' is not there any more",
                        hint: "give it again, and run the command again"
                    )
                }
                let text = try key.seal(value, of: name).text
                sealed[name] = text
                return text
            }
        }
    }
}
