import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem

/// `sheaf events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened, oldest first, as the event log has it.",
        discussion: """
            Whatever the journal writes is an event, written in the same moment: a transaction that begins, its steps, \
            what failed and was undone, what became live, what a recovery found. The log is only ever added to, and \
            'sheaf history --verify' proves that nobody changed it. With --output json each event is one line.

            EXAMPLES
              sheaf events shop --tail 20
              sheaf events --since 2h --type failed --type stuck
              sheaf events --since 2026-11-22T10:00:00Z --output json
              sheaf events -f
            """
    )

    @Argument(help: "The bundle's name; without it, all bundles.")
    var bundle: String?

    @Option(help: "Only what happened since: 30m or 2h ago, or a time such as 2026-11-22T10:00:00Z.")
    var since: MomentArgument?

    @Option(help: "Only the last events.")
    var tail: Int?

    @Option(help: "Only events of this type, such as committed; may be given several times.")
    var type: [String] = []

    @Flag(name: [.customShort("f"), .long], help: "Go on as more happens; Ctrl-C ends it.")
    var follow = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail must not be negative") }
        let known = EventKind.all.map(\.rawValue)
        for word in type where !known.contains(word) {
            let help = Suggestion.help(for: word, among: known) ?? "they are: \(known.joined(separator: ", "))"
            throw ValidationError("there is no type of event '\(word)'; \(help)")
        }
    }

    func run() throws {
        let context = try CommandContext()
        var query = EventQuery()
        query.bundle = bundle
        query.kinds = type.map { EventKind(rawValue: $0) }
        query.since = since?.time(before: Date.now)
        query.tail = tail
        var page = EventPage(format.output)
        guard let store = try store(context) else { return try page.show([]) }
        guard follow else { return try page.show(try store.events(query)) }
        try followLog(of: store, query, on: &page, in: context.home)
    }

    // MARK: Following

    /// The first pause between two looks at the log; later ones grow to the last.
    private static let firstPause = Duration.milliseconds(10)
    private static let lastPause = Duration.seconds(3600)

    /// Shows events for ever, as they come.
    private func followLog(of store: Store, _ query: EventQuery, on page: inout EventPage, in home: String) throws {
        let watch = try FolderWatch(home)
        var query = query
        var last = try store.lastEvent()
        var pause = Self.firstPause
        while true {
            let events = try store.events(query)
            try page.show(events)
            last = max(last, events.last?.sequence ?? 0)
            (query.after, query.tail) = (last, nil)
            // A write touches the folder before readers see it, and sees to it that it is durable in between: whoever is
            // woken looks again, in pauses that grow.
            let start = ContinuousClock.now
            watch.wait(atMost: pause)
            let isWoken = start.duration(to: .now) < pause
            pause = isWoken ? Self.firstPause : min(pause * 2, Self.lastPause)
        }
    }

    // MARK: The bundle

    /// The store, when it knows the bundle.
    ///
    /// - Returns: nil when nothing was ever applied, which is enough to see that nothing happened.
    private func store(_ context: CommandContext) throws -> Store? {
        let store = try context.existingStore()
        guard let bundle else {
            if store == nil, follow { throw nothingToFollow(context) }
            return store
        }
        var any = EventQuery()
        any.bundle = bundle
        any.tail = 1
        // A bundle whose first apply was given up has events and no revision.
        if let store, try !store.events(any).isEmpty { return store }
        return try KnownBundle.store(of: bundle, in: context)
    }

    private func nothingToFollow(_ context: CommandContext) -> EngineError {
        EngineError(
            .nothingLive,
            .refused,
            "there is nothing to follow in \(context.home)",
            hint: "apply a bundle first: sheaf apply DIRECTORY"
        )
    }
}
