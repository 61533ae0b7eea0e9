import Crypto
import FoundationEssentials

/// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), which proves a password without sending it.
package struct ScramLogin {
    static let mechanism = "SCRAM-SHA-256"
    /// A server that asks for more wants to keep the client busy; PostgreSQL asks for 4096.
    private static let mostIterations = 10_000_000

    private let user: String
    private let password: String
    private let nonce: String
    private var serverSignature: [UInt8] = []

    /// Begins a login.
    ///
    /// - Parameters:
    ///   - user: PostgreSQL takes the user of the startup, whatever is said here.
    ///   - password: As the user types it.
    ///   - nonce: Only tests need one that is known.
    package init(user: String = "", password: String, nonce: String? = nil) {
        self.user = user
        self.password = password
        self.nonce = nonce ?? Self.newNonce()
    }

    private static func newNonce() -> String {
        Data((0..<18).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    }

    private var firstBare: String { "n=\(user),r=\(nonce)" }

    /// The first message of the client.
    package var first: String { "n,,\(firstBare)" }

    /// Answers the server's challenge with the proof.
    ///
    /// - Throws: `PostgresError` when the challenge is none for this login.
    package mutating func answer(to challenge: String) throws -> String {
        let fields = Self.fields(of: challenge)
        guard let serverNonce = fields["r"], serverNonce.hasPrefix(nonce), serverNonce.utf8.count > nonce.utf8.count,
            let salt = fields["s"].flatMap({ Data(base64Encoded: $0) }),
            let iterations = fields["i"].flatMap({ Int($0) }), (1...Self.mostIterations).contains(iterations)
        else { throw PostgresError.protocolViolation("the server's challenge for the password cannot be read") }
        let bare = "c=biws,r=\(serverNonce)"
        let message = Data("\(firstBare),\(challenge),\(bare)".utf8)
        let salted = SymmetricKey(data: Self.salted(password, salt, iterations))
        let clientKey = HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: salted)
        let storedKey = SymmetricKey(data: SHA256.hash(data: Data(clientKey)))
        let proof = zip(clientKey, HMAC<SHA256>.authenticationCode(for: message, using: storedKey)).map { $0 ^ $1 }
        let serverKey = HMAC<SHA256>.authenticationCode(for: Data("Server Key".utf8), using: salted)
        serverSignature = Array(
            HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(serverKey)))
        )
        return "\(bare),p=\(Data(proof).base64EncodedString())"
    }

    /// Checks that the server knows the password too.
    ///
    /// - Throws: `PostgresError` when it does not.
    package func verify(_ final: String) throws {
        guard let signature = Self.fields(of: final)["v"].flatMap({ Data(base64Encoded: $0) }),
            !serverSignature.isEmpty, Array(signature) == serverSignature
        else { throw PostgresError(state: "28000", message: "the server does not know the password itself") }
    }

    /// PBKDF2 with one block.
    private static func salted(_ password: String, _ salt: Data, _ iterations: Int) -> [UInt8] {
        let key = SymmetricKey(data: Data(password.utf8))
        var round = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var result = round
        for _ in 1..<iterations {
            round = Array(HMAC<SHA256>.authenticationCode(for: round, using: key))
            for index in result.indices { result[index] ^= round[index] }
        }
        return result
    }

    private static func fields(of text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") where part.dropFirst().first == "=" {
            fields[String(part.prefix(1))] = String(part.dropFirst(2))
        }
        return fields
    }
}
