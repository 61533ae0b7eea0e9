import FoundationEssentials

import enum Crypto.Curve25519

/// An Ed25519 key that can sign, in the form of OpenSSH's private key files.
package struct SigningKey: Sendable {
    /// What the signatures are verified with.
    package let publicKey: VerificationKey
    /// What the key's owner wrote beside it.
    package let comment: String
    private let seed: [UInt8]

    private static let magic = "openssh-key-v1\0"
    private static let header = "-----BEGIN OPENSSH PRIVATE KEY-----"
    private static let footer = "-----END OPENSSH PRIVATE KEY-----"
    private static let lineLength = 70
    /// What an unencrypted file is padded to.
    private static let blockSize = 8

    private init(secret: Curve25519.Signing.PrivateKey, comment: String) throws {
        guard let publicKey = VerificationKey(bytes: Array(secret.publicKey.rawRepresentation)) else {
            throw ArchiveError(.internalFailure, "the library made a key of the wrong length")
        }
        seed = Array(secret.rawRepresentation)
        self.publicKey = publicKey
        self.comment = comment
    }

    /// Makes a new key from the system's random numbers.
    ///
    /// - Parameter comment: Is written into both files; without line ends.
    /// - Throws: `ArchiveError` of kind `signatureKeyMalformed` for a comment that is no line of text.
    /// - Returns: The key, which is nowhere but in memory.
    package static func generate(comment: String) throws -> SigningKey {
        guard !comment.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw VerificationKey.malformed("its comment has control characters")
        }
        return try SigningKey(secret: Curve25519.Signing.PrivateKey(), comment: comment)
    }

    /// Reads a private key file.
    ///
    /// - Throws: `ArchiveError` of kind `signatureKeyMalformed`, `signatureKeyType` or `signatureKeyProtected`.
    package init(file: [UInt8]) throws {
        var reader = try Self.content(of: file)
        try Self.checkUnprotected(&reader)
        guard reader.number() == 1, let blob = reader.string(), let section = reader.string(), reader.rest.isEmpty
        else {
            throw Self.damaged
        }
        let stated = try Self.publicKey(blob)
        var inner = WireReader(section)
        guard let check = inner.number(), inner.number() == check, inner.expect(VerificationKey.type),
            let open = inner.string(), let both = inner.string(), both.count == 2 * VerificationKey.length,
            let comment = inner.string(), Self.isPadding(inner.rest, of: section.count),
            let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: both.prefix(VerificationKey.length))
        else { throw Self.damaged }
        try self.init(secret: secret, comment: comment.asText)
        // The file says three times what the public half is; a file of two halves would make signatures of nobody.
        guard publicKey == stated, publicKey.bytes == open, publicKey.bytes.elementsEqual(both.suffix(32)) else {
            throw Self.damaged
        }
    }

    /// Reads the public half out of a private key file, which needs no passphrase.
    ///
    /// - Throws: `ArchiveError` of kind `signatureKeyMalformed` or `signatureKeyType`.
    static func publicHalf(of file: [UInt8]) throws -> VerificationKey {
        var reader = try content(of: file)
        guard reader.string() != nil, reader.string() != nil, reader.string() != nil, reader.number() == 1,
            let blob = reader.string()
        else { throw damaged }
        return try publicKey(blob)
    }

    /// Whether a file looks like a private key of OpenSSH.
    static func isPrivate(_ file: [UInt8]) -> Bool { file.starts(with: header.utf8) }

    /// The text of the private key file.
    package func fileText() -> [UInt8] {
        let check = WireFormat.number(.random(in: 0 ... .max))
        let both = seed + publicKey.bytes
        var section = check + check + WireFormat.string(VerificationKey.type)
        section += WireFormat.string(publicKey.bytes) + WireFormat.string(both) + WireFormat.string(comment)
        var pad: UInt8 = 1
        while section.count % Self.blockSize != 0 {
            section.append(pad)
            pad += 1
        }
        let content =
            Array(Self.magic.utf8) + WireFormat.string("none") + WireFormat.string("none") + WireFormat.string("")
            + WireFormat.number(1) + WireFormat.string(publicKey.blob) + WireFormat.string(section)
        let base64 = Array(StrictBase64.encode(content).utf8)
        let lines = stride(from: 0, to: base64.count, by: Self.lineLength).map {
            base64[$0..<min($0 + Self.lineLength, base64.count)].map { $0 }.asText
        }
        return Array("\(Self.header)\n\(lines.joined(separator: "\n"))\n\(Self.footer)\n".utf8)
    }

    /// Signs a message.
    ///
    /// - Throws: `ArchiveError` of kind `internalFailure`.
    /// - Returns: The 64 bytes.
    func signature(of message: [UInt8]) throws -> [UInt8] {
        do {
            return Array(try Curve25519.Signing.PrivateKey(rawRepresentation: seed).signature(for: message))
        } catch {
            throw ArchiveError(.internalFailure, "the key made no signature: \(error)")
        }
    }

    private static func content(of file: [UInt8]) throws -> WireReader {
        guard let text = String(validating: file, as: UTF8.self) else {
            throw VerificationKey.malformed("it is no text")
        }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard lines.first == header else { throw otherForm(lines.first ?? "") }
        guard lines.count > 2, lines.last == footer,
            let bytes = StrictBase64.decode(lines.dropFirst().dropLast().joined()), bytes.starts(with: magic.utf8)
        else { throw damaged }
        return WireReader(Array(bytes.dropFirst(magic.utf8.count)))
    }

    private static func checkUnprotected(_ reader: inout WireReader) throws {
        guard let cipher = reader.string(), let function = reader.string(), reader.string() != nil else {
            throw damaged
        }
        guard cipher.elementsEqual("none".utf8), function.elementsEqual("none".utf8) else {
            throw ArchiveError(
                .signatureKeyProtected,
                "the key has a passphrase, which sheaf cannot ask for",
                hint: "copy it and take the passphrase off the copy: ssh-keygen -p -N '' -f COPY;"
                    + " or make a key for signing with 'sheaf keygen'"
            )
        }
    }

    private static func publicKey(_ blob: [UInt8]) throws -> VerificationKey {
        var reader = WireReader(blob)
        guard let type = reader.string() else { throw damaged }
        guard type.elementsEqual(VerificationKey.type.utf8) else {
            throw VerificationKey.otherType(EscapedText.of(type))
        }
        guard let key = VerificationKey(blob: blob) else { throw damaged }
        return key
    }

    private static func isPadding(_ bytes: ArraySlice<UInt8>, of count: Int) -> Bool {
        count % blockSize == 0 && bytes.count < blockSize
            && bytes.elementsEqual((0..<bytes.count).map { UInt8($0 + 1) })
    }

    private static func otherForm(_ firstLine: String) -> ArchiveError {
        if firstLine.hasPrefix(VerificationKey.type) {
            return ArchiveError(
                .signatureKeyMalformed,
                "this is the public half of a key, which cannot sign",
                hint: "name the file without .pub"
            )
        }
        guard firstLine.hasPrefix("-----BEGIN ") else {
            return VerificationKey.malformed("it is no private key of OpenSSH")
        }
        return ArchiveError(
            .signatureKeyType,
            "the key is not in the form of OpenSSH: it begins with '\(EscapedText.of(String(firstLine.prefix(64))))'",
            hint: "make a key with 'sheaf keygen' or 'ssh-keygen -t ed25519'"
        )
    }

    private static var damaged: ArchiveError {
        ArchiveError(
            .signatureKeyMalformed,
            "the private key is damaged",
            hint: "restore the file from a copy, or make a new key with 'sheaf keygen'"
        )
    }
}
