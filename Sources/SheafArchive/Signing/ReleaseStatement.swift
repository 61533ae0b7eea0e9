import FoundationEssentials
package import SheafModel

/// What a signer states: that this archive is released, and what the archive itself may not hold.
///
/// An in-toto statement whose subject is the digest of the archive's file.
package struct ReleaseStatement: Codable, Hashable, Sendable {
    package struct Subject: Codable, Hashable, Sendable {
        package var name: String?
        package var digest: [String: String]
    }

    /// The release as the archive names it.
    package struct Release: Codable, Hashable, Sendable {
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The kind of machine, never which one.
    package struct Host: Codable, Hashable, Sendable {
        package var os: String
        package var architecture: String

        package init(os: String, architecture: String) {
            self.os = os
            self.architecture = architecture
        }
    }

    /// What differs from one packing or signing of the same commit to the next.
    ///
    /// All of it is the signer's word.
    package struct Claims: Codable, Hashable, Sendable {
        package var bundle: Release?
        package var host: Host?
        /// When the archive's file was written, where it was signed; ISO 8601.
        package var packedAt: String?
        /// Where the commit comes from, without user and password.
        package var remote: String?
        package var sheafVersion: String?
        /// ISO 8601, in UTC.
        package var signedAt: String?

        package init(
            bundle: Release? = nil,
            host: Host? = nil,
            packedAt: String? = nil,
            remote: String? = nil,
            sheafVersion: String? = nil,
            signedAt: String? = nil
        ) {
            self.bundle = bundle
            self.host = host
            self.packedAt = packedAt
            self.remote = remote
            self.sheafVersion = sheafVersion
            self.signedAt = signedAt
        }
    }

    package var type: String
    package var subject: [Subject]
    package var predicateType: String
    /// nil where the predicate is of another type.
    package var predicate: Claims?

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    /// Of the payload in the envelope.
    static let payloadType = "application/vnd.in-toto+json"
    static let releaseType = "urn:sheaf:release:v1"

    /// States the release of an archive.
    init(archive name: String, digest: SheafModel.Digest, claims: Claims) {
        type = ProvenanceStatement.statementType
        subject = [Subject(name: name, digest: ["sha256": digest.hex])]
        predicateType = Self.releaseType
        predicate = claims
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(String.self, forKey: .type)
        subject = try container.decode([Subject].self, forKey: .subject)
        predicateType = try container.decode(String.self, forKey: .predicateType)
        guard predicateType == Self.releaseType else { return }
        predicate = try container.decodeIfPresent(Claims.self, forKey: .predicate)
    }

    /// Reads the payload of an envelope.
    ///
    /// - Returns: nil when it is no in-toto statement.
    init?(_ envelope: Envelope) {
        // Why the parser refuses a statement says nothing to people.
        guard envelope.payloadType == Self.payloadType,
            let statement = try? CanonicalJSON.decode(Self.self, from: Data(envelope.payload)),
            statement.type == ProvenanceStatement.statementType
        else { return nil }
        self = statement
    }

    /// Whether it states a release at all; other statements about an archive are no approval of it.
    package var isRelease: Bool { predicateType == Self.releaseType }

    /// Whether a file with this digest is meant.
    package func isAbout(_ digest: SheafModel.Digest) -> Bool { subject.contains { $0.digest["sha256"] == digest.hex } }
}
