import SheafModel

/// What is said of the processes of a resource in one cell of a table.
enum ProcessText {
    /// Since when it runs, how often it was started and how it ended before, and how its limits are kept.
    ///
    /// - Parameters:
    ///   - processes: Of the resource; nil where it has none.
    ///   - limits: In words.
    static func details(of processes: [ProcessState]?, limits: String?) -> [String] {
        guard let processes else { return [] }
        let own = processes.count == 1 ? processes.first.map(details) : summary(of: processes)
        return (own ?? []) + (limits.map { [$0] } ?? [])
    }

    private static func details(of process: ProcessState) -> [String] {
        var parts: [String] = []
        if process.state == "running", let started = process.started {
            parts.append("since \(Rendering.date(started))")
        } else if let ended = process.ended {
            parts.append("ended \(Rendering.date(ended))")
        }
        if process.attempts > 1 {
            let ending = process.ending.map { ", last \($0)" } ?? ""
            parts.append("started \(process.attempts) times\(ending)")
        }
        return parts
    }

    /// Of a run: when its first job began and its last ended.
    private static func summary(of jobs: [ProcessState]) -> [String] {
        guard let began = jobs.compactMap(\.started).min() else { return [] }
        let isDone = jobs.allSatisfy { $0.state != "running" && $0.state != "waiting" && $0.nextStart == nil }
        guard isDone, let ended = jobs.compactMap(\.ended).max() else { return ["since \(Rendering.date(began))"] }
        return ["ended \(Rendering.date(ended))"]
    }
}
