package import SheafModel

/// Secrets from the environment: `${{ secrets.token }}` is `SHEAF_SECRET_token`, else `SHEAF_SECRET_TOKEN`.
///
/// An empty variable counts as none: that is what a build server gives for a secret that it does not know.
package struct SecretVariables: SecretSource {
    /// What the names of the variables begin with.
    package static let prefix = "SHEAF_SECRET_"

    private let variables: [String: String]

    package init(_ environment: [String: String]) {
        variables = environment.filter { $0.key.hasPrefix(Self.prefix) && !$0.value.isEmpty }
    }

    package var secretNames: [String] { variables.keys.map { String($0.dropFirst(Self.prefix.count)) }.sorted() }

    package func origin(ofSecret name: String) -> String? { variable(name).map { "the variable \($0)" } }

    package func secret(_ name: String) -> SecretText? { variable(name).flatMap { variables[$0] }.map(SecretText.init) }

    private func variable(_ name: String) -> String? {
        [name, name.uppercasedVariable].map { Self.prefix + $0 }.first { variables[$0] != nil }
    }
}
