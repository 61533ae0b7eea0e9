import FoundationEssentials
import Glibc
import SheafArchive
import SheafModel
import Testing

@Suite struct SigningKeyTests {
    private func keygen(_ scratch: Scratch, _ arguments: String...) async throws {
        try await Commands.run("ssh-keygen", ["-q"] + arguments, in: scratch.path)
    }

    @Test func aKeyIsWhatWasWrittenAndOnlyItsOwnerReadsIt() throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate(comment: "Ann Größe")
        try KeyFile.write(key, to: scratch.path("ann"))
        let read = try KeyFile.signingKey(at: scratch.path("ann"))
        #expect(read.publicKey == key.publicKey)
        #expect(read.comment == "Ann Größe")
        #expect(try KeyFile.verificationKey(at: scratch.path("ann.pub")) == key.publicKey)
        #expect(try KeyFile.verificationKey(at: scratch.path("ann")) == key.publicKey)
        var status = stat()
        #expect(stat(scratch.path("ann"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try scratch.names() == ["ann", "ann.pub"])
        #expect(try SigningKey.generate(comment: "Ann Größe").publicKey != key.publicKey)
        #expect(code { _ = try SigningKey.generate(comment: "two\nlines") } == "archive.signature-key-malformed")
    }

    @Test(arguments: ["", ".pub"])
    func aKeyIsNeverOverwritten(suffix: String) throws {
        let scratch = try Scratch()
        try scratch.write("ann\(suffix)", "precious")
        let key = try SigningKey.generate(comment: "")
        #expect(code { try KeyFile.write(key, to: scratch.path("ann")) } == "archive.signature-key-exists")
        #expect(try scratch.names() == ["ann\(suffix)"])
        #expect(try scratch.read("ann\(suffix)") == Array("precious".utf8))
        #expect(code { try KeyFile.write(key, to: scratch.path("none/ann")) } == "archive.cannot-write")
    }

    @Test(.enabled(if: Tools.ssh, "ssh-keygen is not installed"))
    func sshReadsOurKeysAndWeReadItsKeys() async throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate(comment: "our own")
        try KeyFile.write(key, to: scratch.path("ours"))
        for name in ["ours", "ours.pub"] {
            let shown = try await Commands.run("ssh-keygen", ["-l", "-f", name], in: scratch.path)
            #expect(shown == "256 \(key.publicKey.fingerprint) our own (ED25519)\n")
        }
        let line = try await Commands.run("ssh-keygen", ["-y", "-f", "ours"], in: scratch.path)
        #expect(line == key.publicKey.line(comment: "our own") + "\n")
        for round in 0..<4 {
            // Comments of every length change the padding.
            let comment = String(repeating: "c", count: round)
            try await keygen(scratch, "-t", "ed25519", "-N", "", "-C", comment, "-f", "theirs\(round)")
            let theirs = try KeyFile.signingKey(at: scratch.path("theirs\(round)"))
            #expect(theirs.comment == comment)
            #expect(try KeyFile.verificationKey(at: scratch.path("theirs\(round).pub")) == theirs.publicKey)
        }
    }

    @Test(.enabled(if: Tools.ssh, "ssh-keygen is not installed"))
    func keysThatCannotSignHereAreRefusedWithTheReason() async throws {
        let scratch = try Scratch()
        try await keygen(scratch, "-t", "ed25519", "-N", "secret", "-f", "protected")
        try await keygen(scratch, "-t", "ecdsa", "-N", "", "-f", "ecdsa")
        try await keygen(scratch, "-t", "rsa", "-m", "PEM", "-N", "", "-f", "pem")
        try await keygen(scratch, "-t", "ed25519", "-N", "", "-f", "open")
        chmod(scratch.path("open"), 0o640)
        func sign(_ name: String) -> String? { code { _ = try KeyFile.signingKey(at: scratch.path(name)) } }
        func verify(_ name: String) -> String? { code { _ = try KeyFile.verificationKey(at: scratch.path(name)) } }
        #expect(sign("protected") == "archive.signature-key-protected")
        #expect(verify("protected") == nil, "the public half needs no passphrase")
        #expect(sign("ecdsa") == "archive.signature-key-type")
        #expect(verify("ecdsa.pub") == "archive.signature-key-type")
        #expect(sign("pem") == "archive.signature-key-type")
        #expect(sign("open") == "archive.signature-key-exposed")
        #expect(sign("open.pub") == "archive.signature-key-malformed")
        #expect(sign("none") == "archive.signature-key-missing")
        #expect(verify("none") == "archive.signature-key-missing")
        try scratch.write("two.pub", [scratch.read("open.pub"), scratch.read("protected.pub")].flatMap { $0 })
        #expect(verify("two.pub") == "archive.signature-key-malformed")
        try scratch.write("large", [UInt8](repeating: 65, count: 1 << 17))
        #expect(verify("large") == "archive.signature-key-malformed")
    }

    @Test func aDamagedPrivateKeyIsRefusedOrTheSame() throws {
        let key = try SigningKey.generate(comment: "c")
        let whole = key.fileText()
        for length in 0..<whole.count - 1 {
            #expect(code { _ = try SigningKey(file: Array(whole[..<length])) } != nil, "\(length) bytes")
        }
        for bit in 0..<whole.count * 8 {
            var damaged = whole
            damaged[bit / 8] ^= 1 << (bit % 8)
            var read: SigningKey?
            let refused = code { read = try SigningKey(file: damaged) }
            // The comment is for people only.
            #expect(refused != nil || read?.publicKey == key.publicKey, "bit \(bit)")
        }
    }

    @Test(arguments: [
        "", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-ed25519 !!!!", "ed25519 AAAA",
        "ssh-rsa AAAAB3NzaC1yc2E",
    ])
    func aLineThatIsNoKeyIsRefused(line: String) {
        #expect(code { _ = try VerificationKey(line: line) }?.hasPrefix("archive.signature-key-") == true)
    }
}
