/// Seals anew, with one key, what older keys have sealed.
///
/// It works on any text that sealed secrets stand in, such as the JSON of a record: what stands for a secret needs no
/// escape there, so everything else in the text stays as it is, byte for byte. Equal texts become equal texts.
package struct Resealing: Sendable {
    private let key: SealingKey
    private let keyID: String
    private let older: [String: SealingKey]
    /// What was sealed anew already; most secrets stand in many records.
    private var known: [SealedSecret: String] = [:]
    /// The names of secrets that none of the keys opens; they stay as they are.
    package private(set) var closedNames: Set<String> = []

    /// Takes the key that seals, and those that only open.
    package init(with key: SealingKey, opening older: [SealingKey]) {
        self.key = key
        keyID = key.id
        self.older = Dictionary(older.map { ($0.id, $0) }) { first, _ in first }
    }

    /// How many secrets were sealed anew, each value of each name counted once.
    package var count: Int { known.count }

    /// The text with every secret sealed with the new key.
    ///
    /// - Throws: What the cipher throws, which it does for no value.
    package mutating func reseal(_ text: String) throws -> String {
        try SealedSecret.replace(in: text) { secret in
            if secret.keyID == keyID { return secret.text }
            if let known = known[secret] { return known }
            guard let value = open(secret) else {
                closedNames.insert(secret.name)
                return secret.text
            }
            let text = try key.seal(value, of: secret.name).text
            known[secret] = text
            return text
        }
    }

    /// What nobody can open now was lost before: its key is gone, or its text was changed.
    private func open(_ secret: SealedSecret) -> SecretText? {
        guard let key = older[secret.keyID] else { return nil }
        // Both refusals mean the same here, and the secret is counted as closed.
        return try? key.open(secret)
    }
}
