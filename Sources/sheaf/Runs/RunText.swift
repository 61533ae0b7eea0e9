import FoundationEssentials

/// Runs of workflows as people read them.
struct RunText {
    let records: [RunRecord]

    /// One line a run.
    func table(namesWorkflows: Bool) -> String {
        var table = TableText(
            (namesWorkflows ? ["workflow"] : [])
                + ["run", "outcome", "jobs", "cause", "revision", "started", "took", "detail"]
        )
        for record in records {
            let done = record.jobs.count { $0.state == "succeeded" }
            table.add(
                (namesWorkflows ? [record.workflow] : []) + [
                    record.id, record.outcome, "\(done)/\(record.jobs.count)", record.cause, String(record.revision),
                    Rendering.date(record.startedAt), Self.took(record.startedAt, record.finishedAt),
                    record.evidence ?? Self.remedy(record),
                ]
            )
        }
        return table.render()
    }

    /// What one run did, job by job.
    static func details(_ record: RunRecord) -> String {
        let time = took(record.startedAt, record.finishedAt).map { " after \($0)" } ?? ""
        var lines = [
            "\(record.workflow): run \(record.id) of revision \(record.revision)",
            "begun by \(record.cause ?? "?") at \(Rendering.date(record.startedAt)), \(record.outcome)\(time)",
        ]
        if !record.users.isEmpty { lines.append("acts as \(record.users.joined(separator: ", "))") }
        if let detail = record.evidence ?? remedy(record) { lines.append(detail) }
        var table = TableText(["job", "state", "attempts", "started", "took", "exit"])
        for job in record.jobs {
            table.add([
                job.name, job.state, String(job.attempts), job.startedAt.map(Rendering.date),
                job.startedAt.flatMap { took($0, job.finishedAt) }, job.exit,
            ])
        }
        return lines.joined(separator: "\n") + "\n\n" + table.render()
    }

    private static func remedy(_ record: RunRecord) -> String? {
        record.outcome == "interrupted" ? "its supervisor was lost; 'sheaf recover' goes on with it" : nil
    }

    /// Such as `1.5s`; nil while it goes on.
    static func took(_ start: Date, _ end: Date?) -> String? {
        guard let end, end >= start else { return nil }
        let tenths = Int((end.timeIntervalSince(start) * 10).rounded())
        guard tenths >= 600 else { return "\(tenths / 10).\(tenths % 10)s" }
        let seconds = tenths / 10
        return seconds < 3600
            ? "\(seconds / 60)m \(seconds % 60)s" : "\(seconds / 3600)h \(seconds / 60 % 60)m"
    }
}
