import FoundationEssentials

import enum Crypto.Curve25519
import struct Crypto.SHA256

/// The public half of an Ed25519 key, in the form of OpenSSH.
package struct VerificationKey: Hashable, Sendable {
    /// The only kind of key that signs archives.
    static let type = "ssh-ed25519"
    static let length = 32

    /// The 32 bytes of the key itself.
    package let bytes: [UInt8]

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Reads a line of a `.pub` file or of an `authorized_keys` file: the type, the key, a comment.
    ///
    /// - Throws: `ArchiveError` of kind `signatureKeyType` or `signatureKeyMalformed`.
    package init(line: String) throws {
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count >= 2 else { throw Self.malformed("it is not 'ssh-ed25519' with a key behind it") }
        guard fields[0] == Self.type else { throw Self.otherType(fields[0]) }
        guard let blob = StrictBase64.decode(fields[1]) else { throw Self.malformed("its key is no base64") }
        guard let key = Self(blob: blob) else { throw Self.malformed("its key is cut off or damaged") }
        self = key
    }

    /// Reads the key as it stands inside of key files.
    init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard reader.expect(Self.type), let bytes = reader.string(), reader.rest.isEmpty else { return nil }
        self.init(bytes: bytes)
    }

    var blob: [UInt8] { WireFormat.string(Self.type) + WireFormat.string(bytes) }

    /// Such as `SHA256:Tc3f…`, as `ssh-keygen -l` shows it.
    package var fingerprint: String {
        let text = StrictBase64.encode(Array(SHA256.hash(data: blob)))
        return "SHA256:" + text.prefix { $0 != "=" }
    }

    /// The line of a `.pub` file, without its end.
    package func line(comment: String) -> String {
        "\(Self.type) \(StrictBase64.encode(blob))" + (comment.isEmpty ? "" : " \(comment)")
    }

    /// Whether the private half made a signature of exactly this message.
    func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        // Bytes that are no key at all have signed nothing.
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }

    static func otherType(_ type: String) -> ArchiveError {
        ArchiveError(
            .signatureKeyType,
            "'\(EscapedText.of(String(type.prefix(64))))' is no type of key that signs archives",
            hint: "use an Ed25519 key of OpenSSH: make one with 'sheaf keygen' or 'ssh-keygen -t ed25519'"
        )
    }

    static func malformed(_ reason: String) -> ArchiveError {
        ArchiveError(
            .signatureKeyMalformed,
            "the key cannot be read: \(reason)",
            hint: "a public key is one line, such as: ssh-ed25519 AAAAC3Nza… name"
        )
    }
}
