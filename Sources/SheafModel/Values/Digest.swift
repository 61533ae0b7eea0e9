package import Crypto
package import FoundationEssentials

/// The SHA-256 of some bytes, written `sha256:<64 hex digits>`.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 64 lower-case hex digits.
    package let hex: String

    /// Parses `sha256:<hex>`, or the bare hex digits.
    ///
    /// - Returns: nil unless the text is a whole, lower-case SHA-256.
    package init?(_ text: String) {
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        let isLowerHex = hex.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard hex.utf8.count == 64, isLowerHex else { return nil }
        self.hex = hex
    }

    /// Digests bytes that are in memory.
    package init(of data: some DataProtocol) {
        self.init(SHA256.hash(data: data))
    }

    /// Takes the result of an incremental SHA-256.
    package init(_ hash: SHA256.Digest) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in hash {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// `sha256:<hex>`.
    package var description: String { "sha256:\(hex)" }

    /// The first 12 hex digits, for people.
    package var short: String { String(hex.prefix(12)) }

    package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no SHA-256 digest")
            )
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
