import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore

/// What was live of a bundle once one of its revisions was done, as the event log has it.
struct PastStatus: Encodable {
    struct Resource: Encodable {
        var resource: String
        /// The revision that made it as it was.
        var generation: Int
        /// Of that revision.
        var version: String?
        var archive: Digest?
        var author: String?
        /// When that revision was done.
        var since: Date?
    }

    var bundle: String
    /// The revision that was asked for.
    var revision: Int
    var state: String
    var failure: String?
    /// The revision that was live once it was done; nil when nothing was.
    var live: Int?
    /// Whether the revision has left the history since.
    var isForgotten: Bool
    /// Always true: nothing of this was looked at now.
    var isHistory = true
    /// By name.
    var resources: [Resource]

    /// - Throws: `EngineError` for a revision that there was none of, that is not done, or from before there was a log.
    init(of bundle: String, at number: Int, in store: Store) throws {
        let chronicle = try store.chronicle(of: bundle, watching: number)
        guard let life = chronicle.revisions[number] else {
            throw Self.refusal("'\(bundle)' has no revision \(number)", bundle)
        }
        state = life.record.text("state") ?? ""
        guard life.state != .pending else {
            throw Self.refusal("revision \(number) of '\(bundle)' is not done", bundle)
        }
        guard let moment = chronicle.moment else {
            throw EngineError(
                .unknownRevision,
                .refused,
                "what was live once revision \(number) of '\(bundle)' was done is not known: the event log began later",
                hint: "run 'sheaf inspect \(bundle)@\(number)' to see what the revision held"
            )
        }
        self.bundle = bundle
        revision = number
        failure = life.record.text("failure")
        live = moment.live
        isForgotten = life.isForgotten
        resources = moment.inventory.sorted { $0.key < $1.key }.map { name, generation in
            let record = chronicle.revisions[generation]?.record
            return Resource(
                resource: name,
                generation: generation,
                version: record?.text("version"),
                archive: record?.text("archive").flatMap { Digest($0) },
                author: record?.text("author"),
                since: record?.time("finished_at")
            )
        }
    }

    private static func refusal(_ message: String, _ bundle: String) -> EngineError {
        EngineError(
            .unknownRevision,
            .refused,
            message,
            hint: "run 'sheaf history \(bundle)' to see its revisions"
        )
    }

    /// For people.
    var text: String {
        var lines = ["\(bundle) as it was once revision \(revision) was done: history, not what runs now"]
        if let failure {
            let then = live.map { "revision \($0) was live" } ?? "nothing was live"
            lines.append("revision \(revision) is \(state): \(failure); \(then)")
        }
        if isForgotten { lines.append("revision \(revision) has left the history; only the event log knows of it") }
        guard !resources.isEmpty else {
            return (lines + ["nothing was live"]).map { PrintableText.oneLine($0) + "\n" }.joined()
        }
        var table = TableText(["resource", "revision", "version", "archive", "by", "since"])
        for resource in resources {
            table.add([
                resource.resource, String(resource.generation), resource.version, resource.archive?.short,
                resource.author, resource.since.map(Rendering.date),
            ])
        }
        return lines.map { PrintableText.oneLine($0) + "\n" }.joined() + "\n" + table.render()
    }
}
