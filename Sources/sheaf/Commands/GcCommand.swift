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
            every rollback is still possible; --keep shortens the histories first. Removed are content that nothing names, \
            frames of 'sheaf pack' that are damaged or beyond their limit, files that killed commands left, and copies of \
            the data of volumes and records of images whose revision is forgotten. When it is not certain what is needed, nothing is removed. \
            Ends with 75 when another command is just keeping content. Of the runs of each live workflow the last ten are \
            kept anyway; --keep-runs keeps fewer.

            EXAMPLES
              sheaf gc --dry-run
              sheaf gc --wait
              sheaf gc --frames --output json
              sheaf gc --keep 50
              sheaf gc --keep-runs 2
            """
    )

    @Flag(help: "Say what would be removed, and change nothing.")
    var dryRun = false

    @Flag(help: "Remove all frames: the next pack compresses everything again.")
    var frames = false

    @Option(help: "Keep the newest revisions of each bundle, the live one and the one before; forget the others first.")
    var keep: Int?

    @Option(help: "Keep only so many runs of each workflow, beside its last one.")
    var keepRuns: Int?

    @Flag(help: "Wait for commands that are just keeping content, instead of giving up.")
    var wait = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep must be at least 1") }
        if let keepRuns, keepRuns < 0 { throw ValidationError("--keep-runs must not be negative") }
    }

    func run() async throws {
        let context = try CommandContext()
        let forgotten = try forgetRevisions(context)
        for item in forgotten {
            let verb = dryRun ? "would forget" : "forgot"
            let numbers = RevisionNumbers.text(item.revisions)
            StandardStreams.error.write("note: \(verb) \(numbers) of '\(PrintableText.oneLine(item.bundle))'\n")
        }
        var options = GarbageCollector.Options()
        options.isDryRun = dryRun
        options.dropsFrames = frames
        options.waits = wait
        let images = try imageRecords(in: context, without: dryRun ? forgotten : [])
        var report = try GarbageCollector(home: context.home, cache: context.packCache)
            .collect(options) { try context.existingStore()?.contentNeeds(without: dryRun ? forgotten : []) }
        report.garbage += try await snapshots(in: context, without: dryRun ? forgotten : [])
        report.garbage += try runs(in: context)
        report.garbage += images
        let text = GarbageText(report, forgotten: forgotten, isDryRun: dryRun)
        for note in text.notes { StandardStreams.error.write("note: \(note)\n") }
        try Rendering.show(text.record, as: format.output) { text.table }
    }

    /// Shortens the histories, or says which revisions that would take.
    private func forgetRevisions(_ context: CommandContext) throws -> [ForgottenRevisions] {
        guard let keep, let store = try context.existingStore() else { return [] }
        return dryRun
            ? try store.forgettableRevisions(keeping: keep)
            : try store.forgetRevisions(keeping: keep, by: context.user)
    }

    /// Copies of the data of volumes that nobody can ask for any more.
    private func snapshots(
        in context: CommandContext,
        without forgotten: [ForgottenRevisions]
    ) async throws -> [Garbage] {
        guard let store = try context.existingStore() else { return [] }
        let engine = context.engine("gc", store: store, report: { _ in })
        let removable = try engine.removableSnapshots(without: forgotten)
        let garbage = try removable.map { id in
            let path = context.executor.folder(ofSnapshot: id)
            return Garbage(
                kind: .snapshot,
                path: Self.belowHome(path, context),
                size: try context.executor.sizeOnDisk(ofSnapshot: id),
                reason: "revision \(id.revision) of '\(id.bundle)' is forgotten"
            )
        }
        if !dryRun { try await engine.remove(removable) }
        return garbage
    }

    /// What images earlier generations ran, where no rollback can ask for it any more.
    private func imageRecords(
        in context: CommandContext,
        without forgotten: [ForgottenRevisions]
    ) throws -> [Garbage] {
        guard let store = try context.existingStore() else { return [] }
        let collection = ImageRecordCollection(context: context, store: store, forgotten: forgotten)
        return try collection.collect(isDryRun: dryRun, waits: wait).map { garbage in
            var garbage = garbage
            garbage.path = Self.belowHome(garbage.path, context)
            return garbage
        }
    }

    /// Runs of workflows that nobody wants to see any more.
    private func runs(in context: CommandContext) throws -> [Garbage] {
        guard let keepRuns else { return [] }
        return try KnownWorkflow.all(in: context.existingStore()).flatMap { workflow in
            try context.executor.forgettableRuns(of: workflow.id, keeping: keepRuns).map { run in
                if !dryRun { try context.executor.forgetRun(run.id, of: workflow.id) }
                return Garbage(
                    kind: .run,
                    path: Self.belowHome(run.folder, context),
                    size: run.size,
                    reason: "only \(keepRuns) earlier runs of \(workflow.id) are to be kept"
                )
            }
        }
    }

    private static func belowHome(_ path: String, _ context: CommandContext) -> String {
        path.hasPrefix("\(context.home)/") ? String(path.dropFirst(context.home.count + 1)) : path
    }
}
