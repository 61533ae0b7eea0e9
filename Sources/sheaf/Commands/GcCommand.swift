import ArgumentParser
import SheafArchive
import SheafModel
import SheafStore

/// `sheaf gc`.
struct GcCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what nothing needs any more from the content store.",
        discussion: """
            Content stays as long as a revision in the history of any bundle names it, deleted bundles included, so that \
            every rollback is still possible. Removed are content that nothing names, frames of 'sheaf pack' that are \
            damaged or beyond their limit, and files that killed commands left. When it is not certain what is needed, \
            nothing is removed. Ends with 75 when another command is just keeping content.

            EXAMPLES
              sheaf gc --dry-run
              sheaf gc --wait
              sheaf gc --frames --output json
            """
    )

    @Flag(help: "Say what would be removed, and change nothing.")
    var dryRun = false

    @Flag(help: "Remove all frames: the next pack compresses everything again.")
    var frames = false

    @Flag(help: "Wait for commands that are just keeping content, instead of giving up.")
    var wait = false

    @OptionGroup var format: OutputOptions

    func run() throws {
        let context = try CommandContext()
        var options = GarbageCollector.Options()
        options.isDryRun = dryRun
        options.dropsFrames = frames
        options.waits = wait
        let report = try GarbageCollector(home: context.home, cache: context.packCache)
            .collect(options) { try context.existingStore()?.contentNeeds() }
        let text = GarbageText(report, isDryRun: dryRun)
        for note in text.notes { StandardStreams.error.write("note: \(note)\n") }
        try Rendering.show(text.record, as: format.output) { text.table }
    }
}
