import FoundationEssentials
import SheafModel

/// A DSSE envelope: a payload, its type, and signatures over both.
struct Envelope: Hashable, Sendable {
    struct Signature: Hashable, Sendable {
        /// Which key is said to have made it; nil where the envelope does not say.
        var keyID: String?
        var bytes: [UInt8]
    }

    var payloadType: String
    var payload: [UInt8]
    var signatures: [Signature]

    /// What is signed: the pre-authentication encoding of DSSE version 1.
    static func preAuthentication(payloadType: String, payload: [UInt8]) -> [UInt8] {
        let type = Array(payloadType.utf8)
        return Array("DSSEv1 \(type.count) ".utf8) + type + Array(" \(payload.count) ".utf8) + payload
    }

    var message: [UInt8] { Self.preAuthentication(payloadType: payloadType, payload: payload) }

    init(payloadType: String, payload: [UInt8], signatures: [Signature] = []) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// Reads the JSON form, in which nothing may be that has no meaning: a damaged key would go unnoticed.
    ///
    /// - Returns: nil when it is no envelope with at least one signature.
    init?(_ json: JSONValue) {
        guard let members = json.objectValue, Set(members.keys) == ["payload", "payloadType", "signatures"],
            let type = json["payloadType"]?.stringValue,
            let payload = json["payload"]?.stringValue.flatMap(StrictBase64.decodeEither),
            let list = json["signatures"]?.arrayValue, !list.isEmpty
        else { return nil }
        let signatures = list.compactMap(Signature.init)
        guard signatures.count == list.count else { return nil }
        self.init(payloadType: type, payload: payload, signatures: signatures)
    }

    var json: JSONValue {
        .object([
            "payload": .string(StrictBase64.encode(payload)),
            "payloadType": .string(payloadType),
            "signatures": .array(signatures.map(\.json)),
        ])
    }
}

extension Envelope.Signature {
    fileprivate init?(_ json: JSONValue) {
        guard let members = json.objectValue, Set(members.keys).isSubset(of: ["keyid", "sig"]),
            let bytes = json["sig"]?.stringValue.flatMap(StrictBase64.decodeEither),
            members["keyid"].map({ $0.stringValue != nil }) ?? true
        else { return nil }
        let keyID = json["keyid"]?.stringValue
        self.init(keyID: keyID?.isEmpty ?? true ? nil : keyID, bytes: bytes)
    }

    fileprivate var json: JSONValue {
        var members = ["sig": JSONValue.string(StrictBase64.encode(bytes))]
        if let keyID { members["keyid"] = .string(keyID) }
        return .object(members)
    }
}
