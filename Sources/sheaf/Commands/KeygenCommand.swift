import ArgumentParser
import SheafArchive
import SheafModel
import SheafSystem

/// `sheaf keygen`.
struct KeygenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make an Ed25519 key that signs archives.",
        discussion: """
            Writes NAME, which only you can read, and NAME.pub, which you give to others. Both are in the form of \
            OpenSSH. A NAME without a slash lies in $SHEAF_HOME/keys. Nothing is overwritten.

            --rotate-store makes no such key. It exchanges the one that seals the secrets in the store, seals all of them \
            anew, and forgets the old one. Nothing is restarted; when it is interrupted, run it again.

            EXAMPLES
              sheaf keygen
              sheaf keygen ci --comment "releases of the shop"
              sheaf keygen ./team.key
              sheaf keygen --rotate-store
            """
    )

    @Argument(help: "The name of the key, or a path (default: signing).", completion: .file())
    var name: String?

    @Option(help: "A word on whose key it is, written into both files (default: the name).")
    var comment: String?

    @Flag(help: "Exchange the key that seals the secrets in the store, and seal them anew.")
    var rotateStore = false

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var keyid: String
        var privateKey: String
        var publicKey: String
        var line: String
    }

    func validate() throws {
        guard !rotateStore || (name == nil && comment == nil) else {
            throw ValidationError("--rotate-store takes neither a name nor a comment: it makes no key that signs")
        }
        guard let name else { return }
        guard !name.isEmpty, !name.hasSuffix("/"), !name.hasSuffix(KeyFile.publicSuffix) else {
            throw ValidationError("'\(name)' cannot be the name of a private key")
        }
    }

    func run() async throws {
        let context = try CommandContext()
        if rotateStore { return try await rotate(context) }
        let path = context.newKey(name)
        if name?.contains("/") != true {
            do throws(SystemError) {
                try PrivateFolder.make(context.keyFolder)
            } catch {
                throw UsageError("cannot make keys: \(error)", hint: "set SHEAF_HOME to a folder of your own")
            }
        }
        let base = path.split(separator: "/").last.map(String.init) ?? path
        let key = try SigningKey.generate(comment: comment ?? base)
        try KeyFile.write(key, to: path)
        let record = Record(
            keyid: key.publicKey.fingerprint,
            privateKey: path,
            publicKey: path + KeyFile.publicSuffix,
            line: key.publicKey.line(comment: key.comment)
        )
        try Rendering.show(record, as: format.output) {
            """
            key id       \(record.keyid)
            private key  \(record.privateKey)
            public key   \(record.publicKey)

            For a trust file:
              \(base): \(record.line)

            """
        }
    }

    private func rotate(_ context: CommandContext) async throws {
        StandardStreams.carryOnWithoutReader()
        let report = try await KeyRotation(context: context).run()
        try Rendering.show(report, as: format.output) { text(of: report) }
        guard !report.closed.isEmpty else { return }
        StandardStreams.error.write(
            "warning: their keys were lost before, so these secrets stay closed: "
                + report.closed.map(PrintableText.oneLine).joined(separator: ", ") + "\n"
        )
    }

    private func text(of report: KeyRotation.Report) -> String {
        """
        \(report.continued ? "the exchange that was interrupted is complete" : "the key was exchanged")
        key id   \(report.keyID)
        file     \(PrintableText.oneLine(report.path))
        sealed   \(report.secrets) \(report.secrets == 1 ? "value" : "values") anew, \
        \(report.resolvedBundles) resolved \(report.resolvedBundles == 1 ? "bundle" : "bundles")

        Copies of the store from before need the old key. 'sheaf gc' removes what is replaced.

        """
    }
}
