import ArgumentParser
import SheafArchive
import SheafModel
import SheafSystem

/// `sheaf keygen`.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make an Ed25519 key that signs archives.",
        discussion: """
            Writes NAME, which only you can read, and NAME.pub, which you give to others. Both are in the form of \
            OpenSSH. A NAME without a slash lies in $SHEAF_HOME/keys. Nothing is overwritten.

            EXAMPLES
              sheaf keygen
              sheaf keygen ci --comment "releases of the shop"
              sheaf keygen ./team.key
            """
    )

    @Argument(help: "The name of the key, or a path (default: signing).", completion: .file())
    var name: String?

    @Option(help: "A word on whose key it is, written into both files (default: the name).")
    var comment: String?

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var keyid: String
        var privateKey: String
        var publicKey: String
        var line: String
    }

    func validate() throws {
        guard let name else { return }
        guard !name.isEmpty, !name.hasSuffix("/"), !name.hasSuffix(KeyFile.publicSuffix) else {
            throw ValidationError("'\(name)' cannot be the name of a private key")
        }
    }

    func run() throws {
        let context = try CommandContext()
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
}
