import FoundationEssentials
import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

@Suite struct SignatureTests {
    private let ann: SigningKey, bob: SigningKey, eve: SigningKey
    private let archive: SignedArchive

    init() throws {
        ann = try .generate(comment: "ann")
        bob = try .generate(comment: "bob")
        eve = try .generate(comment: "eve")
        archive = try SignedArchive()
    }

    @Test func aSignedArchiveMeetsItsRuleAndTellsWhatTheSignerStates() throws {
        #expect(archive.failure(.of(1, ann)) == "archive.signature-missing")
        let result = try archive.sign(ann)
        #expect(result.signatures == 1 && result.file == archive.file)
        let report = try archive.report(.of(1, ann))
        #expect(report.failure == nil)
        #expect(report.outcomes.map(\.signedBy) == [["ann"]])
        let entry = try #require(report.entries.first)
        #expect(entry.standing == .valid && entry.keyID == ann.publicKey.fingerprint && entry.signer == "ann")
        let claims = try #require(entry.claims)
        #expect(claims.bundle == ReleaseStatement.Release(name: "shop", version: "0.1.0"))
        #expect(claims.signedAt == "2026-01-01T00:00:00Z" && claims.sheafVersion == "1.0.0")
        #expect(claims.host?.os == "linux" && claims.packedAt?.hasSuffix("Z") == true)
        #expect(archive.failure(nil) == nil)
    }

    @Test func severalSignersCountOnceEachAndTheThresholdHolds() throws {
        try archive.sign(ann)
        try archive.sign(ann, at: "2026-02-02T00:00:00Z")
        #expect(archive.failure(.of(2, ann, bob)) == "archive.signature-threshold")
        #expect(archive.failure(.of(1, bob)) == "archive.signature-untrusted")
        let result = try archive.sign(bob)
        #expect(result.signatures == 2)
        #expect(archive.failure(.of(2, ann, bob)) == nil)
        #expect(archive.failure(.of(2, ann, eve)) == "archive.signature-threshold")
        let times = try archive.report(.of(2, ann, bob)).entries.map { $0.claims?.signedAt }
        #expect(times == ["2026-02-02T00:00:00Z", "2026-01-01T00:00:00Z"], "signing again replaces")
    }

    @Test func aKeyThatIsNamedTwiceIsOneKey() throws {
        try archive.sign(ann)
        let signers = [ann, ann, bob].map { TrustPolicy.Signer(name: $0.comment, key: $0.publicKey) }
        #expect(archive.failure(.requiring(signers)) == "archive.signature-threshold")
        let twice = TrustPolicy.Rule(title: "rule 1", bundles: ["*"], signers: [signers[0], signers[1]], threshold: 2)
        #expect(archive.failure(TrustPolicy(rules: [twice])) == "archive.signature-threshold")
    }

    @Test func aFileOfThousandsOfSignaturesIsRefusedUnread() throws {
        try archive.sign(ann)
        let text = try String(contentsOfFile: archive.file, encoding: .utf8)
        let start = try #require(text.firstRange(of: #""signatures":["#)?.upperBound)
        let end = try #require(text.lastIndex(of: "]"))
        let many = Array(repeating: String(text[start..<end]), count: 65).joined(separator: ",")
        try Data((text[..<start] + many + text[end...]).utf8).write(to: URL(filePath: archive.file))
        #expect(archive.failure(.of(1, ann)) == "archive.signature-malformed")
    }

    @Test func everyRuleAboutTheBundleHasToBeMet() throws {
        try archive.sign(ann)
        func rule(_ title: String, _ bundles: String, _ key: SigningKey) -> TrustPolicy.Rule {
            let signer = TrustPolicy.Signer(name: key.comment, key: key.publicKey)
            return TrustPolicy.Rule(title: title, bundles: [bundles], signers: [signer], threshold: 1)
        }
        let met = rule("rule 1", "shop", ann), other = rule("rule 2", "bank-*", bob), unmet = rule("rule 3", "s*p", bob)
        #expect(archive.failure(TrustPolicy(rules: [met, other])) == nil)
        #expect(archive.failure(TrustPolicy(rules: [other])) == "archive.signature-no-rule")
        let report = try archive.report(TrustPolicy(rules: [met, other, unmet]))
        #expect(report.outcomes.map(\.isMet) == [true, false])
        #expect(report.failure?.message.hasPrefix("rule 3 is not met") == true)
    }

    @Test func concurrentSignersAllFindTheirPlace() async throws {
        let keys = try (0..<8).map { try SigningKey.generate(comment: "\($0)") }
        let archive = archive
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in keys { group.addTask { try archive.sign(key) } }
            try await group.waitForAll()
        }
        let signers = keys.map { TrustPolicy.Signer(name: $0.comment, key: $0.publicKey) }
        #expect(archive.failure(.requiring(signers)) == nil)
    }

    @Test func whatAKilledSignerLeftIsSweptAndNothingElse() throws {
        for name in ["a.sheaf.sig.json.77.12345.tmp", "a.sheaf.sig.json.mine.tmp", "b.sheaf.sig.json.77.1.tmp"] {
            try archive.scratch.write(name, "{\"half")
        }
        try archive.sign(ann)
        #expect(
            try archive.scratch.names()
                == ["a.sheaf", "a.sheaf.sig.json", "a.sheaf.sig.json.mine.tmp", "b.sheaf.sig.json.77.1.tmp", "in"]
        )
    }

    @Test func aSignatureOfAnotherArchiveIsRefusedUntilItIsReplaced() throws {
        try archive.sign(ann)
        try archive.scratch.write("in/more", "m")
        try SourceTree.workingTree(directory: archive.scratch.path("in")).packed().write(to: archive.path)
        #expect(archive.failure(.of(1, ann)) == "archive.signature-other-archive")
        #expect(archive.failure(nil) == "archive.signature-other-archive")
        #expect(code { try archive.sign(bob) } == "archive.signature-other-archive")
        try archive.sign(bob, replacing: true)
        #expect(archive.failure(.of(1, bob)) == nil)
    }

    @Test func aDamagedArchiveIsNotSigned() throws {
        var bytes = try archive.scratch.read("a.sheaf")
        bytes[bytes.count - 20] ^= 1
        try archive.scratch.write("a.sheaf", bytes)
        #expect(code { try archive.sign(ann) }?.hasPrefix("archive.") == true)
        #expect(try archive.scratch.names() == ["a.sheaf", "in"])
    }

    // MARK: Damage

    @Test func aFlippedBitOfTheSignatureFileIsCaught() throws {
        try archive.sign(ann)
        try archive.sign(bob)
        // One signature would be enough, so that damage to the other is not caught by counting.
        let policy = TrustPolicy.of(1, ann, bob)
        let opened = try Archive.open(archive.path)
        let whole = try archive.scratch.read("a.sheaf.sig.json")
        #expect(archive.failure(policy) == nil)
        // Every byte, and each of its bits somewhere; with the variable, every bit of every byte.
        let isThorough = Torture.isThorough
        for bit in stride(from: 0, to: whole.count * 8, by: isThorough ? 1 : 3) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << (bit % 8)
            try archive.scratch.write("a.sheaf.sig.json", damaged)
            var failure: String?
            let refused = code {
                let file = try SignatureFile.read(beside: archive.path)
                failure = SignatureReport(of: file, digest: opened.digest, bundle: "shop", policy: policy).failure?.code
            }
            let found = refused ?? failure
            #expect(found?.hasPrefix("archive.signature-") == true, "bit \(bit): \(found ?? "accepted")")
        }
    }

    @Test func aFlippedBitInAnyByteOfTheArchiveIsCaught() throws {
        try archive.sign(ann)
        let policy = TrustPolicy.of(1, ann)
        let whole = try archive.scratch.read("a.sheaf")
        for position in whole.indices {
            var damaged = whole
            damaged[position] ^= 1 << (position % 8)
            try archive.scratch.write("a.sheaf", damaged)
            #expect(archive.failure(policy)?.hasPrefix("archive.") == true, "byte \(position)")
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"YQ\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"x\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]}\n{\"half",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}],\"extra\":1}",
    ])
    func whatIsNoEnvelopeIsRefused(text: String) throws {
        try archive.scratch.write("a.sheaf.sig.json", text)
        #expect(archive.failure(.of(1, ann)) == "archive.signature-malformed")
        #expect(code { try archive.sign(ann) } == "archive.signature-malformed")
    }

    // MARK: Other tools

    /// The public key in the form that OpenSSL reads: a fixed head, then the 32 bytes.
    private func pem(_ key: VerificationKey) -> String {
        let head: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
        return "-----BEGIN PUBLIC KEY-----\n\(Data(head + key.bytes).base64EncodedString())\n-----END PUBLIC KEY-----\n"
    }

    @Test(.enabled(if: Tools.openssl, "openssl is not installed"))
    func openSSLVerifiesWhatIsSignedHere() async throws {
        try archive.sign(ann)
        let envelope = try #require(archive.envelopes().first)
        let type = try #require(envelope["payloadType"]?.stringValue)
        let payloadText = try #require(envelope["payload"]?.stringValue)
        let payload = Array(try #require(Data(base64Encoded: payloadText)))
        let text = try #require(envelope["signatures"]?.arrayValue?.first?["sig"]?.stringValue)
        let signature = Array(try #require(Data(base64Encoded: text)))
        try archive.scratch.write("pae", Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload)
        try archive.scratch.write("sig", signature)
        try archive.scratch.write("key.pem", pem(ann.publicKey))
        let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "pae", "-sigfile", "sig"]
        let said = try await Commands.run("openssl", verify, in: archive.scratch.path)
        #expect(said.contains("Signature Verified Successfully"))
        try archive.scratch.write("key.pem", pem(bob.publicKey))
        await #expect(throws: Commands.Failed.self) {
            try await Commands.run("openssl", verify, in: archive.scratch.path)
        }
    }

    @Test(.enabled(if: Tools.openssl, "openssl is not installed"))
    func whatOpenSSLSignsVerifiesHere() async throws {
        let scratch = archive.scratch
        func openssl(_ arguments: String...) async throws {
            try await Commands.run("openssl", arguments, in: scratch.path)
        }
        try await openssl("genpkey", "-algorithm", "ed25519", "-out", "k.pem")
        try await openssl("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "k.der")
        func wire(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        let blob = wire(Array("ssh-ed25519".utf8)) + wire(Array(try scratch.read("k.der").suffix(32)))
        let key = try VerificationKey(line: "ssh-ed25519 \(Data(blob).base64EncodedString())")
        let policy = TrustPolicy.requiring([TrustPolicy.Signer(name: "openssl", key: key)])
        let digest = try Archive.open(archive.path).digest.hex

        /// What judging says of a statement that OpenSSL signed.
        func judge(
            _ statement: String,
            type: String = "application/vnd.in-toto+json",
            keyID: String = ""
        ) async throws -> String? {
            try scratch.write("pae", "DSSEv1 \(type.utf8.count) \(type) \(statement.utf8.count) \(statement)")
            try await openssl("pkeyutl", "-sign", "-inkey", "k.pem", "-rawin", "-in", "pae", "-out", "sig")
            let payload = Data(statement.utf8).base64EncodedString()
            let signature = Data(try scratch.read("sig")).base64EncodedString()
            // On several lines, as other programs may write it.
            try scratch.write(
                "a.sheaf.sig.json",
                """
                { "payloadType": "\(type)", "payload": "\(payload)",
                  "signatures": [ { \(keyID) "sig": "\(signature)" } ] }
                """
            )
            return archive.failure(policy)
        }
        func statement(_ digest: String, predicate: String = "urn:sheaf:release:v1") -> String {
            """
            {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "x", "digest": {"sha256": "\(digest)"}}],
             "predicateType": "\(predicate)", "predicate": {"unknown": 1}}
            """
        }
        #expect(try await judge(statement(digest)) == nil)
        #expect(try await judge(statement(digest), keyID: "\"keyid\": \"\(key.fingerprint)\",") == nil)
        let wrongID = "\"keyid\": \"\(ann.publicKey.fingerprint)\","
        #expect(try await judge(statement(digest), keyID: wrongID) == "archive.signature-key-id")
        let other = String(repeating: "0", count: 64)
        #expect(try await judge(statement(other)) == "archive.signature-other-archive")
        #expect(try await judge(statement(digest), type: "text/plain") == "archive.signature-statement")
        #expect(try await judge("hello") == "archive.signature-statement")
        // A warning about the archive is no approval of it.
        let warning = statement(digest, predicate: "https://example.org/vulnerable")
        #expect(try await judge(warning) == "archive.signature-untrusted")
    }

    // MARK: Addresses

    @Test(arguments: [
        ("https://user:token@example.org:8443/a/b.git?x=1#y", "https://example.org:8443/a/b.git"),
        ("ssh://git@example.org/a.git", "ssh://example.org/a.git"),
        ("git@example.org:a/b.git", "example.org:a/b.git"),
        ("https://a@b@example.org/x", "https://example.org/x"),
        ("/home/ann/repo", nil), ("../repo", nil), ("file:///srv/repo", nil), ("C", nil), ("", nil), ("https://", nil),
    ])
    func aRemoteIsSharedWithoutWhatOpensDoors(address: String, shared: String?) {
        #expect(SourceRemote.shareable(address) == shared)
    }

    @Test func theRemoteIsThatOfTheRepositoryWithTheCommit() async throws {
        let repository = try await Repository()
        let commit = try await repository.git("rev-parse", "HEAD").filter { !$0.isNewline }
        #expect(SourceRemote.address(near: repository.path, having: commit) == nil)
        try await repository.git("remote", "add", "upstream", "https://u:p@example.org/up.git")
        #expect(SourceRemote.address(near: repository.path, having: commit) == "https://example.org/up.git")
        try await repository.git("remote", "add", "origin", "https://example.org/origin.git")
        #expect(SourceRemote.address(near: repository.path, having: commit) == "https://example.org/origin.git")
        #expect(SourceRemote.address(near: repository.path, having: String(repeating: "1", count: 40)) == nil)
        #expect(SourceRemote.address(near: archive.scratch.path, having: commit) == nil)
    }

    @Test(arguments: [
        ("shop", "shop", true), ("shop", "shop2", false), ("shop-*", "shop-a", true), ("shop-*", "shop-", true),
        ("shop-*", "shop", false), ("*", "", true), ("*", "x", true), ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1b2", false),
        ("*shop", "my-shop", true), ("", "x", false), ("**", "x", true),
    ])
    func aPatternMeansTheNamesThatItLooksLike(pattern: String, name: String, isMeant: Bool) {
        #expect(NamePattern.matches(pattern, name) == isMeant)
    }

    @Test func anArchiveThatChangesAfterItWasCopiedStaysWhatWasJudged() throws {
        let store = ContentDirectory(root: archive.scratch.path("home"))
        let whole = try archive.scratch.read("a.sheaf")
        let copy = try Archive.open(archive.path, copiedTo: archive.scratch.path)
        let direct = try Archive.open(archive.path)
        // In place, as somebody would who wants the file to stay the same file.
        let file = try #require(OverwrittenFile(archive.path))
        file.write([UInt8](repeating: 0, count: whole.count))
        #expect(code { try direct.keep(in: store) } == "archive.file-changed")
        try copy.verify()
        #expect(try copy.keep(in: store) == Digest(of: whole))
        #expect(try store.content(Digest(of: whole)) == whole)
    }
}
