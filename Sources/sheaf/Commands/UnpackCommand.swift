import ArgumentParser
import SheafArchive

/// `sheaf unpack`.
struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Put the files of an archive into a new directory: all of them, or none.",
        discussion: """
            EXAMPLES
              sheaf unpack shop-1.2.0.sheaf shop
            """
    )

    @Argument(help: "The archive.", completion: .file(extensions: ["sheaf"]))
    var archive: String

    @Argument(help: "The directory; it must be absent or empty.", completion: .directory)
    var directory: String

    func run() throws {
        try CommandContext().openArchive(archive).unpack(into: directory)
    }
}
