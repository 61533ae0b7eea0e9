import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore

/// `sheaf history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the revisions of a bundle, newest first, or prove that nobody changed them.",
        discussion: """
            With --verify, the event log is walked from its first line, and the revisions are held against it: a line or \
            a revision that was changed, removed or put in is found, and the command ends with 65. Whoever can write to \
            the whole database can make the whole log anew; write the last hash down elsewhere, and give it with --expect \
            later, to find that too.

            EXAMPLES
              sheaf history shop --limit 10
              sheaf history shop --diff --limit 1
              sheaf history --verify --output json
              sheaf history --verify --expect sha256:...
            """
    )

    @Argument(help: "The bundle's name; may be left out with --verify, which then looks at all bundles.")
    var bundle: String?

    @Option(help: "Only the newest revisions.")
    var limit: Int?

    @Flag(help: "Show for each revision what it changed of what was live before it.")
    var diff = false

    @Flag(help: "Hold the event log against itself, and the revisions against the event log.")
    var verify = false

    @Option(help: "With --verify: a hash that was the last one of the log once.")
    var expect: String?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if bundle == nil, !verify { throw ValidationError("name a bundle, or give --verify") }
        guard !verify || (!diff && limit == nil) else {
            throw ValidationError("--verify goes with neither --diff nor --limit")
        }
        guard expect == nil || verify else { throw ValidationError("--expect needs --verify") }
        guard expect.map({ Digest($0) != nil }) ?? true else {
            throw ValidationError("--expect takes a whole hash, as 'sheaf history --verify' shows it")
        }
    }

    func run() throws {
        let context = try CommandContext()
        if verify { return try verifyLog(context) }
        guard let bundle else { return }
        let store = try KnownBundle.store(of: bundle, in: context)
        let revisions = try store.revisions(of: bundle)
        let shown = Array(revisions.prefix(limit ?? revisions.count))
        guard diff else {
            let waiting = try store.pendingConfirmations(of: bundle).first
            return try Rendering.show(shown, as: format.output) {
                RevisionTable(shown).render() + (waiting.map { "\n\($0.inWords)\n" } ?? "")
            }
        }
        let comparison = try RevisionComparison(revisions, of: bundle, store: store, content: context.content)
        let changes = shown.map(comparison.change)
        try Rendering.show(changes, as: format.output) {
            try RevisionChangeText(style: context.terminal.outputStyle).render(changes)
        }
    }

    private func verifyLog(_ context: CommandContext) throws {
        let known = try bundle.map { try KnownBundle.store(of: $0, in: context) }
        guard let store = try known ?? context.existingStore() else {
            throw EngineError(
                .nothingLive,
                .refused,
                "there is no history in \(context.home)",
                hint: "set SHEAF_HOME to the folder that has it"
            )
        }
        let result = try store.verifyHistory(of: bundle, expecting: expect.flatMap { Digest($0) })
        let text = HistoryVerificationText(result)
        try Rendering.show(result, as: format.output) { text.render() }
        if let failure = text.failure { throw failure }
    }
}
