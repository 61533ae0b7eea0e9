import ArgumentParser
import SheafArchive

/// `sheaf unpack`.
struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Put the files of an archive into a new directory: all of them, or none.",
        discussion: """
            Every file is held against its digest before the directory appears. Beside an archive, a release that was \
            applied can be named: BUNDLE@NUMBER, or BUNDLE for the live one.

            EXAMPLES
              sheaf unpack shop-1.2.0.sheaf shop
              sheaf unpack shop@3 shop-3         # what revision 3 was made from
            """
    )

    @Argument(help: "The archive, or a release that was applied.", completion: .file(extensions: ["sheaf"]))
    var archive: String

    @Argument(help: "The directory; it must be absent or empty.", completion: .directory)
    var directory: String

    func run() throws {
        let context = try CommandContext()
        try ReleaseReference(archive, context: context).archive(in: context).unpack(into: directory)
    }
}
