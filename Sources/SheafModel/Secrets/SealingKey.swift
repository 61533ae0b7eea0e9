internal import Crypto
internal import FoundationEssentials

/// A key that seals the values of secrets with AES-256-GCM.
///
/// The nonce is a keyed digest of the secret's name and value, so that equal values give equal texts and different ones
/// never share a nonce but by chance (2⁻⁹⁶ for each pair). What equal texts tell, that a value did not change, is what a
/// plan shows anyway.
package struct SealingKey: Sendable {
    /// Why a sealed secret stays closed.
    package enum Refusal: Error, Sendable, Hashable {
        /// Another key sealed it.
        case otherKey
        /// Somebody changed it, or it is no text.
        case damaged
    }

    private static let length = 32
    private static let nonceLength = 12

    /// The key itself: 32 bytes.
    package let bytes: [UInt8]

    /// Makes a new key from the system's randomness.
    package init() {
        bytes = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
    }

    /// Takes a key that was made before.
    ///
    /// - Returns: nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Names the key without telling it: 16 hex digits.
    package var id: String {
        Hexadecimal.text(derived("sheaf store key id", count: 8).withUnsafeBytes(Array.init))
    }

    /// Encrypts a secret's value.
    ///
    /// - Throws: What the cipher throws, which it does for no value.
    package func seal(_ value: SecretText, of name: String) throws -> SealedSecret {
        let text = Array(value.reveal().utf8)
        var digest = HMAC<SHA256>(key: derived("sheaf secret nonce", count: Self.length))
        digest.update(data: Array(name.utf8) + [0] + text)
        let nonce = try AES.GCM.Nonce(data: Array(digest.finalize()).prefix(Self.nonceLength))
        let box = try AES.GCM.seal(text, using: encryptionKey, nonce: nonce, authenticating: Array(name.utf8))
        return SealedSecret(keyID: id, name: name, box: Array(nonce) + box.ciphertext + box.tag)
    }

    /// Decrypts a secret's value.
    ///
    /// - Throws: `Refusal`.
    package func open(_ secret: SealedSecret) throws(Refusal) -> SecretText {
        guard secret.keyID == id else { throw .otherKey }
        do {
            let box = try AES.GCM.SealedBox(combined: secret.box)
            let text = try AES.GCM.open(box, using: encryptionKey, authenticating: Array(secret.name.utf8))
            guard let value = String(validating: Array(text), as: UTF8.self) else { throw Refusal.damaged }
            return SecretText(value)
        } catch {
            throw .damaged
        }
    }

    private var encryptionKey: SymmetricKey { derived("sheaf secret encryption", count: Self.length) }

    /// Keys for different purposes, none of which tells another.
    private func derived(_ purpose: String, count: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes),
            info: Array(purpose.utf8),
            outputByteCount: count
        )
    }
}
