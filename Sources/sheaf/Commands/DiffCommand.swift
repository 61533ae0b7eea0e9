import ArgumentParser
import SheafArchive
import SheafManifest
import SheafModel

/// `sheaf diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show how two releases differ: resources, images, stacks, files and origin.",
        discussion: """
            A and B are directories, archives, git revisions of a directory (DIRECTORY@REVISION), or releases that were \
            applied: BUNDLE@NUMBER as in 'sheaf history', and BUNDLE or BUNDLE@live for the live one. What is there on \
            the disk wins over a bundle of the same name.

            Secrets show as •••, also where they differ. Expressions are compared as they are written, unless a side is \
            a release or values are given: then they are filled in as 'sheaf plan' does.

            EXAMPLES
              sheaf diff shop-1.1.0.sheaf shop-1.2.0.sheaf
              sheaf diff shop@v1.1.0 shop             # a tag and the working tree
              sheaf diff shop@live ./shop -e prod     # what an apply would change
              sheaf diff shop@3 shop@4 --stat         # two revisions of its history
              sheaf diff old.sheaf new.sheaf --exit-code --name-only
            """
    )

    @Argument(help: "The old side.", completion: .file())
    var before: String

    @Argument(help: "The new side.", completion: .file())
    var after: String

    @Option(name: [.customShort("f"), .customLong("file")], help: "The bundle's manifest, relative to the directory.")
    var manifest: String?

    @Option(name: [.customShort("U"), .long], help: "How many lines to show around each change.")
    var context = TextDifference.standardContext

    @Option(help: "The most lines of a file that are shown; 0 shows all of all files.")
    var maxLines = 500

    @Flag(help: "Show how many lines of each file differ, not which.")
    var stat = false

    @Flag(help: "Show only the names of the resources and files that differ.")
    var nameOnly = false

    @Flag(help: "Exit with 2 when there are differences.")
    var exitCode = false

    @OptionGroup(title: "Values") var values: ValueOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard !(stat && nameOnly) else { throw ValidationError("--stat and --name-only exclude each other") }
        guard context >= 0, maxLines >= 0 else { throw ValidationError("--context and --max-lines count lines") }
    }

    func run() throws {
        let world = try CommandContext()
        let reader = ComparisonReader(
            context: world,
            values: try values.read(in: world),
            areValuesGiven: values.areGiven
        )
        let (old, new, notes) = try reader.read(
            (before, try ReleaseReference(before, manifest: manifest, context: world)),
            (after, try ReleaseReference(after, manifest: manifest, context: world))
        )
        let comparer = ReleaseComparer(
            context: context,
            mostLines: maxLines,
            comparesLines: !nameOnly,
            showsLines: !stat
        )
        let record = try comparer.record(old, new, notes: notes)
        try Rendering.show(record, as: format.output) {
            let text = ComparisonText(record: record, style: world.terminal.outputStyle, context: context)
            return nameOnly ? text.names() : stat ? try text.statistics() : try text.full()
        }
        if exitCode, !record.isEqual { throw ExitCode(ExitStatus.changes) }
    }
}
