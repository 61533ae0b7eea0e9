package import SheafModel

/// What is known of the secrets in some bundles, so that none of them shows where their files are shown.
package struct KnownSecrets: Sendable {
    /// Shorter texts stand in too many places that have nothing to do with a secret.
    private static let shortest = 6

    /// Texts that are secret wherever they stand.
    let texts: [[UInt8]]
    /// The last keys of the values that secrets are filled in with.
    let valueKeys: Set<String>
    /// Files that are secrets as a whole.
    private let files: Set<String>
    /// What is in those files, which is secret under every name: a path may be that of a symbolic link.
    private let digests: Set<Digest>

    /// Collects what bundles, in which expressions are filled in or not, say about their secrets.
    ///
    /// - Parameters:
    ///   - bundles: The bundles.
    ///   - uses: What their expressions were filled in with: some are secrets by the names of the values.
    package init(of bundles: [ResolvedBundle], uses: [ValueUse] = []) {
        var secrets = Self.secrets(in: uses)
        for resource in bundles.flatMap(\.resources) {
            SecretContext(kind: resource.id.kind).collectSecrets(of: resource.manifest, into: &secrets)
        }
        var texts: Set<String> = []
        var keys: Set<String> = []
        for text in secrets {
            if let key = Self.valueKey(text) { keys.insert(key) }
            if PlaceholderText.isMeant(by: text) || SealedSecret.occurs(in: text) || SecretReference.occurs(in: text) {
                continue
            }
            // A text on several lines is indented in a manifest.
            for line in text.split(separator: "\n") {
                let line = line.drop { $0 == " " || $0 == "\t" }
                if line.utf8.count >= Self.shortest { texts.insert(String(line)) }
            }
        }
        // The longest first: one may be a part of another.
        self.texts = texts.map { Array($0.utf8) }.sorted { $0.count > $1.count }
        valueKeys = keys
        let attachments = bundles.flatMap(\.resources).flatMap(\.attachments).filter { $0.role == .secretFile }
        files = Set(attachments.map(\.path))
        // Nothing is in an empty file, and many are empty.
        digests = Set(attachments.map(\.digest)).subtracting([Digest(of: [UInt8]())])
    }

    /// The texts of values that are secrets by their names, and of those within them.
    private static func secrets(in uses: [ValueUse]) -> Set<String> {
        var found: Set<String> = []
        for use in uses {
            guard let value = use.value else { continue }
            let names = use.expression.split { ".[]\"'$ ".contains($0) }.map(String.init)
            if names.contains(where: SensitiveName.isSensitive), let text = value.scalarText { found.insert(text) }
            let nothing = SecretContext.Neighbours(kind: nil, name: nil)
            SecretContext().entering(names.last ?? "", nothing).collectSecrets(of: value, into: &found)
        }
        return found.filter { !$0.contains(SecretText.mask) }
    }

    /// The last key of `${{ values.a.key }}`; nil for other texts.
    private static func valueKey(_ text: String) -> String? {
        for part in TextPart.parts(of: text, variables: false) {
            guard case .expression(let inside, _) = part else { continue }
            let path = inside.filter { !$0.isWhitespace && $0 != "\"" && $0 != "]" }
            guard path.hasPrefix("values") else { continue }
            return path.split { $0 == "." || $0 == "[" }.last.map(String.init)
        }
        return nil
    }

    /// Whether a file holds nothing but a secret: by its path, or by its content.
    ///
    /// - Parameters:
    ///   - path: Where it is in the bundle.
    ///   - digest: Of its content; nil for what has none, such as a symbolic link.
    /// - Returns: Whether nothing of it may be shown.
    package func isSecretFile(_ path: String, digest: Digest?) -> Bool {
        files.contains(path) || digest.map(digests.contains) == true
    }

    /// Whether a file with this content holds nothing but a secret.
    func isSecretFile(_ path: String, content: [UInt8]) -> Bool {
        isSecretFile(path, digest: digests.isEmpty ? nil : Digest(of: content))
    }

    /// Whether a text holds one of the secrets.
    package func occur(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        return texts.contains { bytes.firstRange(of: $0) != nil }
    }

    /// The same text with `•••` for each secret in it.
    package func masked(_ text: String) -> String {
        guard occur(in: text) else { return text }
        return texts.reduce(text) { text, secret in
            text.replacing(String(decoding: secret, as: UTF8.self), with: SecretText.mask)
        }
    }

    /// The same value with `•••` for each secret in its texts.
    package func masked(_ value: JSONValue) -> JSONValue { texts.isEmpty ? value : value.mapTexts(masked) }
}
