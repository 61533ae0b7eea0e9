import ArgumentParser
import SheafArchive
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf gc`.
struct GcCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what nothing needs any more from the content store.",
        discussion: """
            Content stays as long as a revision in the history of any bundle names it, deleted bundles included, so that \
            every rollback is still possible. Removed are content that nothing names, frames of 'sheaf pack' that are \
            damaged or beyond their limit, files that killed commands left, and copies of the data of volumes whose \
            revision is forgotten. When it is not certain what is needed, \
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

    func run() async throws {
        let context = try CommandContext()
        var options = GarbageCollector.Options()
        options.isDryRun = dryRun
        options.dropsFrames = frames
        options.waits = wait
        var report = try GarbageCollector(home: context.home, cache: context.packCache)
            .collect(options) { try context.existingStore()?.contentNeeds() }
        report.garbage += try await snapshots(in: context)
        let text = GarbageText(report, isDryRun: dryRun)
        for note in text.notes { StandardStreams.error.write("note: \(note)\n") }
        try Rendering.show(text.record, as: format.output) { text.table }
    }

    /// Copies of the data of volumes that nobody can ask for any more.
    private func snapshots(in context: CommandContext) async throws -> [Garbage] {
        guard let store = try context.existingStore() else { return [] }
        let garbage = try store.droppedSnapshots().map { id in
            let path = context.executor.folder(ofSnapshot: id)
            return Garbage(
                kind: .snapshot,
                path: path.hasPrefix("\(context.home)/") ? String(path.dropFirst(context.home.count + 1)) : path,
                size: try context.executor.sizeOnDisk(ofSnapshot: id),
                reason: "revision \(id.revision) of '\(id.bundle)' is forgotten"
            )
        }
        if !dryRun { try await context.engine("gc", store: store, report: { _ in }).removeDroppedSnapshots() }
        return garbage
    }
}
