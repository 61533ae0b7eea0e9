import ArgumentParser
import FoundationEssentials
import SheafArchive
import SheafModel

/// `sheaf sign`.
struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an archive with an Ed25519 key.",
        discussion: """
            Adds a signature over the archive's digest, the time, the version of Sheaf, the kind of machine and the git \
            remote to the file ARCHIVE.sig.json. Several people can sign one archive; who signs again replaces what they \
            signed before. Keys of OpenSSH are accepted as they are, without a passphrase.

            EXAMPLES
              sheaf sign shop-1.2.0.sheaf
              sheaf sign shop-1.2.0.sheaf --key ~/.ssh/id_ed25519
            """
    )

    @Argument(help: "The archive.", completion: .file(extensions: ["sheaf"]))
    var source: String

    @Option(
        help: "A private key file, or the name of a key in $SHEAF_HOME/keys (default: signing).",
        completion: .file()
    )
    var key: String?

    @Option(help: "Where the commit can be had from (default: the git remote of the repository here).")
    var remote: String?

    @Flag(help: "Drop the signatures that are there, such as those of an earlier archive of this name.")
    var replace = false

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var digest: String
        var file: String
        var keyid: String
        var remote: String?
        var signatures: Int
    }

    func run() throws {
        let context = try CommandContext()
        guard case .archive(let path) = try BundleSource(source) else {
            throw UsageError("'\(source)' is no archive", hint: "pack it first: sheaf pack '\(source)'")
        }
        let signer = try KeyFile.signingKey(at: context.existingKey(key))
        let archive = try context.openArchive(path)
        let remote = try remoteAddress(of: archive, at: path)
        let result = try ArchiveSigner.sign(
            archive,
            with: signer,
            claims: ReleaseStatement.Claims(
                remote: remote,
                sheafVersion: SheafVersion.current,
                signedAt: Rendering.date(Date.now)
            ),
            isReplacing: replace
        )
        let record = Record(
            digest: result.digest.description,
            file: result.file,
            keyid: signer.publicKey.fingerprint,
            remote: remote,
            signatures: result.signatures
        )
        try Rendering.show(record, as: format.output) {
            "\(record.digest)  signed by \(record.keyid)\n\(record.file)\n"
        }
    }

    /// What was given, else the remote of the repository that the archive's commit is in: beside it, or here.
    private func remoteAddress(of archive: Archive, at path: String) throws -> String? {
        if let remote {
            guard let address = SourceRemote.shareable(remote) else {
                throw UsageError(
                    "'\(remote)' is no address that others could use",
                    hint: "give one such as https://host/path"
                )
            }
            return address
        }
        guard let commit = archive.provenance.commit else { return nil }
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        return SourceRemote.address(near: ".", having: commit) ?? SourceRemote.address(near: folder, having: commit)
    }
}
