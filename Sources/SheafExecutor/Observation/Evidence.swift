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
        let exit = process.ending.map { redaction?.redact($0) ?? "it ended" } ?? "it has not ended"
        let log = files.lastLog(of: process.name)
        let lines = redaction.map { LogTail.lines(of: log, count: Self.lineCount, redaction: $0) } ?? []
        return lines.isEmpty ? exit : "\(exit); last log lines: \(lines.joined(separator: " | "))"
    }
}
