import SheafSupervision
import SheafSystem

/// Says why a process is not as wanted, in one line without secrets.
struct Evidence {
    let files: IncarnationFiles

    /// Enough to see an error and what it is about; a stack trace has its reason at the end.
    private static let lineCount = 5

    /// How the last attempt ended, and what it said last.
    func ending(of process: ProcessStatus) -> String {
        let redaction = files.redaction
        // How it ended may quote a word of its command.
        let exit = process.ending.map { redaction?.redact(text(of: process, $0)) ?? "it ended" } ?? "it has not ended"
        return withLastWords(exit, of: process)
    }

    /// What is to be told of a process, and what it said last.
    func withLastWords(_ text: String, of process: ProcessStatus) -> String {
        let log = files.lastLog(of: process.name)
        let found = files.redaction.map { LogTail.lines(of: log, count: Self.lineCount + 1, redaction: $0) } ?? []
        // The last word of an engine is the name of the container that it has removed.
        let container = plan(of: process.name)?.container
        let lines = found.filter { $0 != container }.suffix(Self.lineCount)
        return lines.isEmpty ? text : "\(text); last log lines: \(lines.joined(separator: " | "))"
    }

    /// A container that was killed says no more than that, and the engine not always why: its limit is told beside it.
    private func text(of process: ProcessStatus, _ ending: String) -> String {
        guard process.exit == .code(Self.killedInContainer), let plan = plan(of: process.name), plan.engine != nil
        else {
            return ending
        }
        let limit = plan.containerMemory.map { ", as what needs more memory than its limit of \($0) is" }
        return "\(ending): killed\(limit ?? " by SIGKILL")"
    }

    private func plan(of process: String) -> ProcessPlan? { files.plan?.processes.first { $0.name == process } }

    /// 128 and the number of SIGKILL, as engines give it.
    private static let killedInContainer: Int32 = 137
}
