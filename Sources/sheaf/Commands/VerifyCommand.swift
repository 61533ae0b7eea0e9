import ArgumentParser
import SheafArchive
import SheafModel

/// `sheaf verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that an archive is whole, and that the right people have signed it.",
        discussion: """
            Every digest and every rule of the format is checked. The signatures in ARCHIVE.sig.json are held against the \
            keys that are given, else against the trust file, if there is one.

            EXAMPLES
              sheaf verify shop-1.2.0.sheaf
              sheaf verify shop-1.2.0.sheaf --key team.pub
              sheaf verify shop-1.2.0.sheaf --trust trust.yaml --output json
            """
    )

    @Argument(help: "The archive.", completion: .file(extensions: ["sheaf"]))
    var archive: String

    @Option(help: "A public key that must have signed; may be given several times.", completion: .file())
    var key: [String] = []

    @Option(help: "The trust file (default: $SHEAF_HOME/trust.yaml, if it exists).", completion: .file())
    var trust: String?

    @Flag(name: .customLong("no-signature"), help: "Look at the archive only, not at its signatures.")
    var ignoresSignatures = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        let given = [!key.isEmpty, trust != nil, ignoresSignatures].count { $0 }
        guard given <= 1 else { throw ValidationError("--key, --trust and --no-signature exclude each other") }
    }

    func run() throws {
        let context = try CommandContext()
        let policy = try policy(context)
        let opened = try context.openArchive(archive)
        try opened.verify()
        guard !ignoresSignatures else { return try show(VerificationRecord(of: opened)) }
        let report = try SignatureGate.report(of: opened, at: archive, policy: policy)
        try show(VerificationRecord(of: opened, report, isPolicyGiven: policy != nil))
        if let failure = report.failure { throw failure }
    }

    private func policy(_ context: CommandContext) throws -> TrustPolicy? {
        if ignoresSignatures { return nil }
        guard !key.isEmpty else { return try context.trustPolicy(at: trust) }
        return .requiring(
            try key.map { name in
                let path = context.existingKey(name, suffix: KeyFile.publicSuffix)
                return TrustPolicy.Signer(name: name, key: try KeyFile.verificationKey(at: path))
            }
        )
    }

    private func show(_ record: VerificationRecord) throws {
        try Rendering.show(record, as: format.output) { record.text }
    }
}
