import ArgumentParser
import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafModel
import SheafStore

/// `sheaf promote`.
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Make a release that is live in one home live in another, from the same archive.",
        discussion: """
            The archive is taken by its digest from the content store of --from and proven; nothing is built again. Its \
            expressions are filled in with the values that are given here. HOME is what SHEAF_HOME names.

            EXAMPLES
              sheaf promote shop --from ~/staging --to ~/prod -e prod
              sheaf promote shop --from ~/staging --to ~/prod --revision 7
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Option(help: ArgumentHelp("The home that has the release.", valueName: "home"), completion: .directory)
    var from: String

    @Option(help: ArgumentHelp("The home in which it becomes live.", valueName: "home"), completion: .directory)
    var to: String

    @Option(help: "The revision to promote (default: the live one).")
    var revision: Int?

    @OptionGroup(title: "Values") var values: ValueOptions
    @OptionGroup var operation: OperationArguments
    @OptionGroup var events: EventOptions

    @Flag(name: .customLong("no-wait"), help: "Succeed when everything is started, ready or not.")
    var noWait = false

    @Flag(
        name: .customLong("require-signature"),
        inversion: .prefixedNo,
        help: "Take only an archive whose signatures meet the target's trust file (default: as its config.yaml says)."
    )
    var requiresSignature: Bool?

    func run() async throws {
        let source = try CommandContext.ofHome(from), target = try CommandContext.ofHome(to)
        guard source.home != target.home else {
            throw UsageError(
                "--from and --to are the same home: \(source.home)",
                hint: "to go back to a revision use 'sheaf rollback \(bundle)'"
            )
        }
        let promoted = try promotedRevision(in: source)
        let archive = try archive(of: promoted, in: source)
        let loader = ReleaseLoader(context: target)
        let gate = try target.signatureGate(isRequired: requiresSignature)
        let loaded = try loader.load(.archive(archive.path), values: values.read(in: target), gate: gate)
        try loaded.archive?.verify()
        let release = try loader.release(loaded)
        guard release.archive.digest == archive.digest, release.target.bundle == bundle else {
            throw PromotionError.changed(archive.digest, in: source.home)
        }
        let store = try target.store()
        try await Operation(context: target, store: store, form: events.output).carryOut(
            release.target,
            named: "promote",
            keeping: { try release.keep(in: target.content) },
            options: OperationOptions(
                timeout: operation.timeout.value,
                parallelism: operation.parallelism,
                waitsUntilReady: !noWait,
                message: operation.message ?? "promoted: revision \(promoted.number) of \(source.home)"
            )
        ) { reporter in
            guard let live = try store.liveRevision(of: bundle), live.archive == archive.digest else {
                throw PromotionError.notLive(archive.digest, bundle, in: target.home)
            }
            reporter.tell(
                OutputEvent(
                    type: "promoted",
                    time: Date.now,
                    level: .success,
                    message:
                        "revision \(promoted.number) in \(source.home) and revision \(live.number) in \(target.home)"
                        + " are the same archive \(archive.digest)",
                    bundle: bundle,
                    revision: live.number
                )
            )
        }
    }

    private func promotedRevision(in source: CommandContext) throws -> Revision {
        guard try source.existingStore() != nil else { throw PromotionError.noHome(source.home) }
        let store = try KnownBundle.store(of: bundle, in: source)
        let found = try revision.map { try store.revision($0, of: bundle) } ?? store.liveRevision(of: bundle)
        guard let found, [.live, .superseded].contains(found.state), found.archive != nil else {
            throw EngineError(
                .unknownRevision,
                .refused,
                revision.map { "'\(bundle)' has no revision \($0) in \(source.home) that was live" }
                    ?? "nothing of '\(bundle)' is live in \(source.home)",
                hint: "see 'sheaf history \(bundle)' with SHEAF_HOME=\(source.home)"
            )
        }
        return found
    }

    private func archive(of revision: Revision, in source: CommandContext) throws -> (path: String, digest: Digest) {
        guard let digest = revision.archive, let path = source.content.path(of: digest) else {
            throw PromotionError.missing(revision, in: source.home)
        }
        return (path, digest)
    }
}

/// Why a release could not be promoted.
struct PromotionError: SheafError {
    let code: String
    let message: String
    let hint: String?
    var failureClass: FailureClass { .refused }

    static func noHome(_ home: String) -> PromotionError {
        PromotionError(
            code: "promote.no-home",
            message: "there is nothing of Sheaf in \(home), so nothing can be promoted from there",
            hint: "name the home that the release was applied in with --from"
        )
    }

    static func missing(_ revision: Revision, in home: String) -> PromotionError {
        PromotionError(
            code: "promote.no-archive",
            message: "the archive of revision \(revision.number) of '\(revision.bundle)' is not in \(home) any more",
            hint: "apply it there once more: that keeps it again"
        )
    }

    static func changed(_ digest: Digest, in home: String) -> PromotionError {
        PromotionError(
            code: "promote.changed",
            message: "what \(home) keeps as \(digest) is another archive",
            hint: "apply it there once more: that replaces it"
        )
    }

    static func notLive(_ digest: Digest, _ bundle: String, in home: String) -> PromotionError {
        PromotionError(
            code: "promote.not-live",
            message: "'\(bundle)' in \(home) is not of the archive \(digest): somebody has changed it meanwhile",
            hint: "see 'sheaf history \(bundle)' with SHEAF_HOME=\(home)"
        )
    }
}
