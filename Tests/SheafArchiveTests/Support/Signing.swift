import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel

/// An archive in a scratch folder, and keys to sign it with.
struct SignedArchive {
    let scratch: Scratch
    var path: String { scratch.path("a.sheaf") }
    var file: String { scratch.path("a.sheaf.sig.json") }

    /// Packs a small bundle.
    init() throws {
        scratch = try Scratch()
        try scratch.write("in/bundle.yaml", "b")
        try SourceTree.workingTree(directory: scratch.path("in")).packed().write(to: path)
    }

    @discardableResult
    func sign(_ key: SigningKey, at time: String = "2026-01-01T00:00:00Z", replacing: Bool = false) throws
        -> ArchiveSigner.Result
    {
        try ArchiveSigner.sign(
            Archive.open(path),
            with: key,
            claims: ReleaseStatement.Claims(sheafVersion: "1.0.0", signedAt: time),
            isReplacing: replacing
        )
    }

    func report(_ policy: TrustPolicy?) throws -> SignatureReport {
        let archive = try Archive.open(path)
        return SignatureReport(
            of: try SignatureFile.read(beside: path),
            digest: archive.digest,
            bundle: archive.index.name,
            policy: policy
        )
    }

    /// The code that judging ends with; nil when the archive is trusted.
    func failure(_ policy: TrustPolicy?) -> String? {
        var report: SignatureReport?
        if let error = code({ report = try self.report(policy) }) { return error }
        return report?.failure?.code
    }

    /// The envelopes of the signature file.
    func envelopes() throws -> [JSONValue] {
        try scratch.read("a.sheaf.sig.json").split(separator: UInt8(ascii: "\n")).map {
            try CanonicalJSON.decode(JSONValue.self, from: Data($0))
        }
    }
}

extension TrustPolicy {
    /// One rule about all bundles.
    static func of(_ threshold: Int, _ keys: SigningKey...) -> TrustPolicy {
        let signers = keys.map { Signer(name: $0.comment, key: $0.publicKey) }
        return TrustPolicy(rules: [Rule(title: "rule 1", bundles: ["*"], signers: signers, threshold: threshold)])
    }
}

/// Tools that people have, which must agree with Sheaf.
enum Tools {
    static let ssh = has("ssh-keygen")
    static let openssl = has("openssl")

    private static func has(_ name: String) -> Bool {
        ProcessInfo.processInfo.environment["SHEAF_REQUIRE_ENGINES"] == "1"
            || ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}

/// Writes into a file that stays the same file.
struct OverwrittenFile {
    private let descriptor: Int32

    init?(_ path: String) {
        descriptor = open(path, O_WRONLY)
        guard descriptor >= 0 else { return nil }
    }

    func write(_ bytes: [UInt8]) {
        _ = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}
