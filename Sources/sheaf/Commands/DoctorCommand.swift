import ArgumentParser
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what this machine can run, and say what is missing.",
        discussion: """
            Exits with 69 when nothing can run at all.

            EXAMPLES
              sheaf doctor
              sheaf doctor --output json
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var check: String
        var level: String
        var detail: String
        var hint: String?
    }

    /// Which file has the key that seals secrets, and whether it can be used.
    private func keyRecord(_ context: CommandContext) -> Record {
        typealias Level = HostChecks.Finding.Level
        let path = context.keys.path
        let shown = context.keys.isNamed ? "\(path), of \(CommandContext.keyVariable)" : path
        do {
            let isThere = try context.keys.existingSealingKey() != nil
            let detail = isThere ? shown : "\(shown), which the first secret makes"
            return Record(check: "key", level: Level.good.rawValue, detail: detail, hint: nil)
        } catch {
            let error = error as? any SheafError
            let detail = error?.message ?? "\(path) cannot be used"
            return Record(check: "key", level: Level.limited.rawValue, detail: detail, hint: error?.hint)
        }
    }

    func run() throws {
        let context = try CommandContext()
        let checks = HostChecks(home: context.home, tools: try .installed(), environment: context.environment)
        let findings = checks.findings
        var records = findings.map {
            Record(check: $0.name, level: $0.level.rawValue, detail: $0.detail, hint: $0.hint)
        }
        records.append(keyRecord(context))
        try Rendering.show(records, as: format.output) {
            var table = TableText(["check", "level", "found", "help"])
            for record in records { table.add([record.check, record.level, record.detail, record.hint]) }
            return table.render()
        }
        guard !findings.contains(where: { $0.level == .broken }) else {
            throw ExitCode(ExitStatus.code(for: .missingEngine))
        }
    }
}
