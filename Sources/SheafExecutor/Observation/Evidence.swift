import SheafSupervision
import SheafSystem

/// Says why a process is not as wanted, in one line without secrets.
struct Evidence {
    let files: IncarnationFiles

    /// Enough to see an error and what it is about; a stack trace has its reason at the end.
    private static let lineCount = 5

    /// How the last attempt ended, and what it said last.
    func ending(of process: ProcessStatus) -> String {
        let exit = process.exit.map(\.description) ?? "it has not ended"
        let lines = LogTail.lines(of: files.log(of: process.name), count: Self.lineCount, redaction: redaction)
        return lines.isEmpty ? exit : "\(exit); last log lines: \(lines.joined(separator: " | "))"
    }

    private var redaction: Redaction {
        // An incarnation without the list is not completely rendered, and has never run.
        TextFile.read(files.redactions).flatMap { try? Redaction(decoding: $0) } ?? Redaction(values: [])
    }
}
