import ArgumentParser
import SheafArchive
import SheafModel

/// `sheaf verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that an archive is whole and keeps the rules of its format.",
        discussion: """
            EXAMPLES
              sheaf verify shop-1.2.0.sheaf
            """
    )

    @Argument(help: "The archive.", completion: .file(extensions: ["sheaf"]))
    var archive: String

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var digest: String
        var members: Int
    }

    func run() throws {
        let opened = try Archive.open(archive)
        try opened.verify()
        let record = Record(digest: opened.digest.description, members: opened.index.members.count)
        try Rendering.show(record, as: format.output) {
            "\(record.digest)  \(record.members) members, all as recorded\n"
        }
    }
}
