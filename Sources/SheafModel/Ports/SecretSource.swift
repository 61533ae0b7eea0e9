/// Where the values of `${{ secrets.NAME }}` come from.
///
/// A source knows its names before anybody asks for a value: a manifest is checked with the names alone, values are
/// asked for only where they are sealed.
package protocol SecretSource: Sendable {
    /// The names that it has values for, for suggestions.
    var secretNames: [String] { get }

    /// Where the value of a secret comes from, in words, such as `the variable SHEAF_SECRET_TOKEN`.
    ///
    /// - Returns: nil when the source has none.
    func origin(ofSecret name: String) -> String?

    /// The value of a secret.
    ///
    /// - Returns: nil when the source has none.
    /// - Throws: A `SheafError` when it has one that cannot be read.
    func secret(_ name: String) throws -> SecretText?
}

/// Several sources, of which the first that has a secret counts.
package struct SecretSources: SecretSource {
    private let sources: [any SecretSource]

    package init(_ sources: [any SecretSource]) { self.sources = sources }

    package var secretNames: [String] { sources.flatMap(\.secretNames) }

    package func origin(ofSecret name: String) -> String? {
        sources.lazy.compactMap { $0.origin(ofSecret: name) }.first
    }

    package func secret(_ name: String) throws -> SecretText? {
        for source in sources {
            if let secret = try source.secret(name) { return secret }
        }
        return nil
    }
}
