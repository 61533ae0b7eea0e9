import ArgumentParser
import SheafArchive
import SheafEngine
import SheafModel
import SheafStore

/// `sheaf rollback`.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier revision live again.",
        discussion: """
            The result is a new revision that names the one it restores. Data in volumes is not touched unless \
            --with-data is given, and jobs that are finished do not run again unless --rerun is.

            --with-data puts back the data of volumes as it was when the revision was last live, where the bundle asks \
            for copies with 'sheaf.dev/snapshot' in its properties. What mounts them is stopped meanwhile. The data that \
            is there now is set aside as a copy of its own: nothing is lost. See 'sheaf snapshots'.

            EXAMPLES
              sheaf rollback shop              # to the revision before
              sheaf rollback shop --to 3
              sheaf rollback shop --with-data
              sheaf rollback shop --dry-run --save back.plan
              sheaf rollback shop --plan back.plan     # only if nothing has moved since
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Option(name: .customLong("to"), help: "The revision to restore (default: the one that was live before).")
    var number: Int?

    @Flag(help: "Run the workflows of the restored revision again.")
    var rerun = false

    @Flag(help: "Put back the data of its volumes too.")
    var withData = false

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Option(help: "With --dry-run: save the plan for a later 'sheaf rollback --plan'.", completion: .file())
    var save: String?

    @Option(
        help: "Do only what this plan of '--dry-run --save' says, and nothing when anything has moved since.",
        completion: .file()
    )
    var plan: String?

    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var operation: OperationArguments
    @OptionGroup var events: EventOptions

    func validate() throws {
        if save != nil, !dryRun { throw ValidationError("--save needs --dry-run: it saves what would be done") }
    }

    func run() async throws {
        let context = try CommandContext()
        let saved = try plan.map { try SavedPlan(path: $0) }
        try saved?.check(isOf: bundle, operation: .rollback)
        let store = try KnownBundle.store(of: bundle, in: context)
        let revision = try revision(in: store)
        var target = try Target.restore(revision, from: context.content)
        target.reruns = rerun
        target.adopts = adoption.adopt
        target.restoresData = withData
        var options = operation.options
        options.runsJobs = rerun
        if dryRun {
            let preview = try await PlanPreview(target, options: options, context: context)
            if let saved { try preview.check(saved) }
            if let save { try preview.save(to: save) }
            try preview.show(as: events.output == .json ? .json : .table)
            if let save { StandardStreams.error.write("saved: sheaf rollback \(bundle) --plan \(save)\n") }
            return
        }
        try await Operation(context: context, store: store, form: events.output).carryOut(
            target,
            named: "rollback",
            agreeing: saved?.agreement(on: target, in: context.home),
            keeping: {
                _ = try known(revision.number, in: store)
                return try context.hold(revision, in: store)
            },
            options: options
        )
    }

    private func revision(in store: Store) throws -> Revision {
        guard let number else {
            guard let earlier = try store.previousRevision(of: bundle) else {
                throw EngineError(
                    .unknownRevision,
                    .refused,
                    "'\(bundle)' has no earlier revision that was live",
                    hint: "run 'sheaf history \(bundle)' to see its revisions"
                )
            }
            return earlier
        }
        let revision = try known(number, in: store)
        guard revision.state == .live || revision.state == .superseded else {
            throw EngineError(
                .unknownRevision,
                .refused,
                "revision \(number) of '\(bundle)' was never live: its state is '\(revision.state.rawValue)'",
                hint: "choose one that is 'superseded' in 'sheaf history \(bundle)'"
            )
        }
        return revision
    }

    private func known(_ number: Int, in store: Store) throws -> Revision {
        if let revision = try store.revision(number, of: bundle) { return revision }
        throw EngineError(
            .unknownRevision,
            .refused,
            "'\(bundle)' has no revision \(number)",
            hint: "run 'sheaf history \(bundle)' to see its revisions"
        )
    }
}
