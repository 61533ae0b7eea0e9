import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem

/// `sheaf schedule`.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Show what happens by itself, and do it.",
        discussion: """
            Workflows with a 'schedule' run, and bundles with one come and go, while 'sheaf schedule run' goes on.

            EXAMPLES
              sheaf schedule list
              sheaf schedule run
              sheaf schedule next '30 2 * * *' --timezone Europe/Berlin
            """,
        subcommands: [
            ScheduleListCommand.self, ScheduleRunCommand.self, ScheduleHistoryCommand.self, ScheduleNextCommand.self,
        ]
    )
}

/// `sheaf schedule list`.
struct ScheduleListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what happens by itself: when it did last, when it does next.",
        discussion: """
            Times are those of the schedule's own time zone. 'missed' counts what was due while nobody did it.

            EXAMPLES
              sheaf schedule list
              sheaf schedule list --output json
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Report: Encodable {
        /// The process that does what is due.
        var runner: Int32?
        var schedules: [ScheduleRecord]
    }

    func run() throws {
        let context = try CommandContext()
        let now = Date.now
        var records: [ScheduleRecord] = []
        if let store = try context.existingStore() {
            for schedule in try store.schedules() {
                records += ScheduleRecord.all(of: schedule, firings: try store.firings(of: schedule.subject), at: now)
            }
        }
        let report = Report(runner: ScheduleHeld.holder(home: context.home), schedules: records)
        try Rendering.show(report, as: format.output) {
            guard !records.isEmpty else { return "nothing has a schedule\n" }
            let nobody = report.runner == nil ? "\nnobody does what is due: sheaf schedule run\n" : ""
            return ScheduleRecord.table(of: records) + nobody
        }
    }
}

/// `sheaf schedule run`.
struct ScheduleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do what is due as it becomes due, until Ctrl-C.",
        discussion: """
            One such process goes on for a home; it sees what other commands change. A run that is begun goes on when \
            this command ends. With --once it does what is due now, and ends: with 1 when something of it failed.

            What was due while nobody did it: a run is still begun within --late of its time, the last one only; of a \
            bundle the last that was due is done. All others are counted as missed.

            EXAMPLES
              sheaf schedule run
              sheaf schedule run --late 6h
              sheaf schedule run --once
              sheaf schedule run --once --at 2026-12-24T18:00:00Z    # as if it were then
            """
    )

    @Flag(help: "Do what is due now, and end.")
    var once = false

    @Option(
        help: ArgumentHelp("With --once: take this for the present moment, to try a schedule out.", valueName: "time")
    )
    var at: MomentArgument?

    @Option(help: "How long after its time a run is still begun, such as 30s, 10m or 6h.")
    var late = DurationArgument(FiringRule.lateness)

    @OptionGroup var events: EventOptions

    func validate() throws {
        guard at == nil || once else { throw ValidationError("--at needs --once: time goes on by itself otherwise") }
    }

    func run() async throws {
        let context = try CommandContext()
        let store = try context.store()
        let lock = try ScheduleHeld.takeLock(home: context.home)
        try await follow(store, context: context)
        lock.release()
    }

    private func follow(_ store: Store, context: CommandContext) async throws {
        StandardStreams.carryOnWithoutReader()
        let reporter = context.reporter(events.output)
        let schedule = ScheduleRun(context: context, store: store, reporter: reporter, lateness: late.value)
        if once {
            let now = at?.time(before: Date.now) ?? Date.now
            let isGood = try await Interruption.cancels(onSignal: { reporter.tell(.interrupted) }) {
                try await schedule.once(at: now)
            }
            guard isGood else { throw ExitCode(ExitStatus.code(for: .refused)) }
            return
        }
        let count = try store.schedules().count
        reporter.tell(
            OutputEvent(
                type: "schedule-run",
                time: Date.now,
                message: "following \(count) \(count == 1 ? "schedule" : "schedules") of \(context.home)"
            )
        )
        do {
            try await Interruption.cancels(onSignal: {}) { try await schedule.forever() }
        } catch is CancellationError {
            // The signal is how it ends. What was being changed was undone, and is still to be done.
        } catch let error as any SheafError where error.failureClass == .interrupted {
            // As above.
        }
    }
}

/// `sheaf schedule history`.
struct ScheduleHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what became of what was due of a workflow or a bundle, newest first.",
        discussion: """
            EXAMPLES
              sheaf schedule history report
              sheaf schedule history bundle:shop --output json
            """
    )

    @Argument(help: "The workflow, or bundle:NAME.")
    var subject: String

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var due: Date
        var action: String
        var state: String
        var count: Int
        var revision: Int?
        var detail: String?
        var time: Date
    }

    func run() throws {
        let store = try CommandContext().existingStore()
        let schedules = try store?.schedules() ?? []
        let schedule = try ResourceQuery(subject).only(of: schedules, called: "schedule") { $0.subject }
        let records = try (store?.firings(of: schedule.subject) ?? []).map { firing in
            Record(
                due: firing.due,
                action: firing.action.rawValue,
                state: firing.state.rawValue,
                count: firing.count,
                revision: firing.revision,
                detail: firing.detail,
                time: firing.time
            )
        }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "nothing of \(schedule.subject) was due yet\n" }
            var table = TableText(["due", "does", "state", "count", "revision", "why"])
            for record in records {
                table.add([
                    Rendering.date(record.due), record.action, record.state, String(record.count),
                    record.revision.map(String.init), record.detail,
                ])
            }
            return table.render()
        }
    }
}

/// `sheaf schedule next`.
struct ScheduleNextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Say when a cron line fires.",
        discussion: """
            EXAMPLES
              sheaf schedule next '30 2 * * *' --timezone Europe/Berlin --after 2026-03-28
              sheaf schedule next '*/10 9-17 * * mon-fri' --count 3 --output json
            """
    )

    @Argument(help: "Five fields: minute, hour, day of month, month, day of week.")
    var line: String

    @Option(help: "The time zone in which it is read, such as Europe/Berlin (default: UTC).")
    var timezone: String?

    @Option(help: "How many firings are shown.")
    var count = 5

    @Option(help: ArgumentHelp("Begin after this moment (default: now).", valueName: "time"))
    var after: MomentArgument?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("--count must be from 1 to 1000") }
    }

    func run() throws {
        let times: FiringTimes
        do throws(FiringTimes.Problem) {
            times = try FiringTimes(Schedule(lines: [Schedule.Line(.run, line)], timezone: timezone))
        } catch {
            throw UsageError(error.message, hint: "such as '0 6 * * 1-5' or '*/10 * * * *', in UTC or Europe/Berlin")
        }
        let start = after?.time(before: Date.now) ?? Date.now
        let shown = times.due(after: start, until: .distantFuture, most: count).map { times.clock.text($0.date) }
        try Rendering.show(shown, as: format.output) {
            shown.isEmpty ? "never\n" : shown.map { $0 + "\n" }.joined()
        }
    }
}
