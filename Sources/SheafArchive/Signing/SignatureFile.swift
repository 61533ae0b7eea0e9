import CLinux
import FoundationEssentials
import Glibc
import SheafModel
import SheafSystem

/// The file beside an archive that holds its signatures: one DSSE envelope a line.
///
/// Each signer has an envelope of its own, because each states something of its own: when and where it signed. With one
/// signer the file is a DSSE envelope as any tool reads it; with several it is a bundle as in-toto defines it.
package struct SignatureFile: Hashable, Sendable {
    var envelopes: [Envelope]

    /// What the name of an archive is followed by.
    package static let suffix = ".sig.json"
    private static let mostBytes = 1 << 20
    private static let mostEnvelopes = 64
    /// In all envelopes together: each is held against every trusted key.
    private static let mostSignatures = 64
    /// Of what is signed; a statement has about 500.
    private static let mostPayloadBytes = 64 << 10

    init(_ envelopes: [Envelope] = []) { self.envelopes = envelopes }

    /// Where the signatures of an archive are.
    package static func path(beside archive: String) -> String { archive + suffix }

    /// Reads the signatures of an archive, once and as a whole.
    ///
    /// - Returns: nil when there is no such file.
    /// - Throws: `ArchiveError` of kind `signatureMalformed` or `unreadable`.
    package static func read(beside archive: String) throws -> SignatureFile? {
        let path = path(beside: archive)
        let file: OpenFile
        do throws(SystemError) {
            file = try OpenFile.open(path)
            guard try FileType(mode: file.status().st_mode) == .regular else {
                throw SystemError("read", number: EISDIR)
            }
        } catch  where error.number == EISDIR {
            throw malformed(path, "it is no file")
        } catch  where error.number == ENOENT {
            return nil
        } catch {
            throw ArchiveError.reading(path, error)
        }
        var bytes: [UInt8] = []
        try file.forEachPiece {
            bytes += $0
            guard bytes.count <= mostBytes else { throw malformed(path, "it is larger than \(mostBytes) bytes") }
        }
        return try SignatureFile(bytes, at: path)
    }

    /// Parses one envelope on any number of lines, or one on each line.
    init(_ bytes: [UInt8], at path: String) throws {
        // More than one document is no error yet: the lines tell.
        if let whole = try? CanonicalJSON.decode(JSONValue.self, from: Data(bytes)) {
            envelopes = [try Self.envelope(whole, 1, at: path)]
            try checkSizes(at: path)
            return
        }
        envelopes = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            // Why the parser refuses a line says nothing to people.
            guard let json = try? CanonicalJSON.decode(JSONValue.self, from: Data(line)) else {
                throw Self.malformed(path, "its line \(number + 1) is no JSON")
            }
            guard number < Self.mostEnvelopes else {
                throw Self.malformed(path, "it has more than \(Self.mostEnvelopes) envelopes")
            }
            envelopes.append(try Self.envelope(json, number + 1, at: path))
        }
        guard !envelopes.isEmpty else { throw Self.malformed(path, "it is empty") }
        try checkSizes(at: path)
    }

    private func checkSizes(at path: String) throws {
        guard envelopes.reduce(0, { $0 + $1.signatures.count }) <= Self.mostSignatures else {
            throw Self.malformed(path, "it has more than \(Self.mostSignatures) signatures")
        }
        guard envelopes.allSatisfy({ $0.payload.count <= Self.mostPayloadBytes }) else {
            throw Self.malformed(path, "a statement in it is larger than \(Self.mostPayloadBytes) bytes")
        }
    }

    private static func envelope(_ json: JSONValue, _ number: Int, at path: String) throws -> Envelope {
        guard let envelope = Envelope(json) else {
            throw malformed(path, "its envelope \(number) is no DSSE envelope")
        }
        return envelope
    }

    /// The content of the file.
    func bytes() throws -> [UInt8] {
        try envelopes.flatMap { [UInt8](try CanonicalJSON.encode($0.json)) + [UInt8(ascii: "\n")] }
    }

    /// Writes the file: afterwards it has all envelopes, or what it had before.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    func write(beside archive: String) throws {
        let bytes = try bytes()
        try NewFile.write(to: Self.path(beside: archive), mode: 0o644) { try $0(bytes) }
    }

    /// Removes what signers left behind that were killed.
    static func sweep(beside archive: String) { NewFile.sweep(beside: path(beside: archive)) }

    private static func malformed(_ path: String, _ reason: String) -> ArchiveError {
        ArchiveError(
            .signatureMalformed,
            "\(EscapedText.of(path)) holds no signatures that can be read: \(reason)",
            hint: "get it again from where the archive is from, or sign again with 'sheaf sign --replace'"
        )
    }
}
