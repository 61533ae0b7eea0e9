/// A secret that an expression names, standing in a resolved text until its value is sealed.
///
/// So the value itself is never in a manifest's tree, and no check and no message can show it.
package struct SecretReference: Hashable, Sendable {
    /// As in `${{ secrets.NAME }}`.
    package let name: String

    private static let kind = "secrets"

    /// Takes the name of a secret.
    ///
    /// - Returns: nil unless the name consists of letters, digits, `_`, `-` and `.`.
    package init?(name: String) {
        let isAllowed: (UInt8) -> Bool = { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
        guard !name.isEmpty, name.utf8.allSatisfy(isAllowed) else { return nil }
        self.name = name
    }

    /// What stands for the secret in a text.
    package var text: String { SecretMark.text(Self.kind, name) }

    /// Whether a text holds a reference.
    package static func occurs(in text: String) -> Bool { SecretMark.occurs(kind, in: text) }

    /// Puts what a closure gives for its name in the place of each reference.
    package static func replace(in text: String, with body: (String) throws -> String) rethrows -> String {
        try SecretMark.replace(kind, in: text, with: body)
    }
}
