/// The value of a secret, encrypted, as it stands in a text that Sheaf keeps.
///
/// Equal values of one secret, sealed with one key, give equal texts: so resolved bundles are compared and digested as
/// they are kept, and a secret that changes shows as a change, without anybody opening anything.
package struct SealedSecret: Hashable, Sendable {
    /// Which key sealed it.
    package let keyID: String
    /// The secret's name; part of what is authenticated.
    package let name: String
    /// Nonce, ciphertext and tag.
    package let box: [UInt8]

    private static let kind = "sealed"
    private static let version = "v1"

    init(keyID: String, name: String, box: [UInt8]) {
        self.keyID = keyID
        self.name = name
        self.box = box
    }

    /// Takes a text that is one sealed secret and nothing else.
    ///
    /// - Returns: nil for any other text.
    package init?(text: String) {
        var found: SealedSecret?
        let rest = Self.replace(in: text) { secret in
            found = secret
            return ""
        }
        guard let found, rest.isEmpty, found.text == text else { return nil }
        self = found
    }

    private init?(content: String) {
        let parts = content.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.version, let box = Hexadecimal.bytes(parts[2]) else { return nil }
        self.init(keyID: String(parts[1]), name: String(parts[3]), box: box)
    }

    /// What stands for the secret in a text.
    package var text: String {
        SecretMark.text(Self.kind, "\(Self.version):\(keyID):\(Hexadecimal.text(box)):\(name)")
    }

    /// Whether a text holds a sealed secret.
    package static func occurs(in text: String) -> Bool { SecretMark.occurs(kind, in: text) }

    /// Puts what a closure gives for it in the place of each sealed secret; what cannot be read as one stays.
    package static func replace(in text: String, with body: (SealedSecret) throws -> String) rethrows -> String {
        try SecretMark.replace(kind, in: text) { content in
            guard let secret = SealedSecret(content: content) else { return SecretMark.text(kind, content) }
            return try body(secret)
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// - Returns: nil for another character, or an odd number of digits.
    static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: nil
        }
    }
}
