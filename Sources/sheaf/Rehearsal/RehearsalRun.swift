import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore
import SheafSystem

/// Applies a release in a scratch home and rolls it back, and compares what is there before and after.
struct RehearsalRun {
    let seed: RehearsalSeed
    let release: Release
    let options: OperationOptions
    let reporter: EventReporter

    private var scratch: CommandContext { seed.scratch }

    /// What came of it.
    struct Result: Encodable {
        var type = "rehearsal-result"
        var time: Date
        var bundle: String
        /// The revision of the real home that it began with; nil for a first apply.
        var fromRevision: Int?
        /// How many resources, files and processes were compared.
        var compared: Int
        var differences: [HomeListing.Difference]
        /// What was otherwise than in the real home.
        var notes: [String]
    }

    /// Goes through it.
    ///
    /// - Returns: Also when something differs.
    /// - Throws: `RehearsalProblem` when a step failed; `EngineError` when it was interrupted.
    func run() async throws -> Result {
        guard let wanted = release.target.desired else { preconditionFailure("a release without a bundle") }
        let before = try seed.live(wanted.name)
        let ports = RehearsalPorts(for: [before?.bundle, wanted].compactMap(\.self))
        let notes = ports.notes
        for note in notes { tell("rehearsal-note", .warning, note) }
        let store = try scratch.store()
        if let neighbours = try seed.neighbours(of: [before?.bundle, wanted].compactMap(\.self)) {
            // Workspaces alone are no step that anybody would want to see.
            let isSeen = !neighbours.resources.isEmpty
            try await carryOut(try target(neighbours), "what other bundles have", store, notes, isSeen: isSeen)
        }
        if let before {
            tell("rehearsal-step", .info, "revision \(before.revision.number) is made live")
            let bundle = try ports.applied(to: before.bundle, content: scratch.content.content)
            var target = try target(bundle)
            target.archive = before.revision.archive
            target.version = before.revision.version
            try await carryOut(target, "the live revision", store, notes)
        }
        let first = try store.liveRevision(of: wanted.name)
        let old = try await listing(of: wanted.name, store)
        let hold = try release.keep(in: scratch.content)
        hold.release()
        tell("rehearsal-step", .info, "the release is applied")
        try await carryOut(try target(moving: ports), "the apply", store, notes)
        tell("rehearsal-step", .info, first == nil ? "the bundle is deleted" : "it is rolled back")
        var undo = try first.map { try Target.restore($0, from: scratch.content) } ?? .delete(wanted.name)
        undo.reruns = false
        try await carryOut(undo, first == nil ? "the delete" : "the rollback", store, notes, runsJobs: false)
        let new = try await listing(of: wanted.name, store)
        let (differences, kept) = Self.split(old.differences(to: new))
        return Result(
            time: Date.now,
            bundle: wanted.name,
            fromRevision: before?.revision.number,
            compared: max(old.count, new.count),
            differences: differences,
            notes: notes + kept
        )
    }

    /// The data of volumes that only the release has stays when it is gone, as it should; that is no difference.
    private static func split(
        _ differences: [HomeListing.Difference]
    ) -> (differences: [HomeListing.Difference], notes: [String]) {
        let added = differences.filter { $0.action == .added && $0.what.hasPrefix("volume/") }.map(\.what)
        // volume/<workspace>/<name>; the folder of a new workspace comes with them.
        let volumes = added.filter { $0.split(separator: "/").count == 3 }
        let expected = added.filter { what in
            what.split(separator: "/").count < 3 || volumes.contains { what == $0 || what.hasPrefix("\($0)/") }
        }
        let rest = differences.filter { $0.action != .added || !expected.contains($0.what) }
        return (rest, volumes.map { "the data of the new \($0) is kept, as a delete without --delete-data does" })
    }

    // MARK: Steps

    private func target(_ bundle: ResolvedBundle) throws -> Target {
        let digest = try scratch.content.keep(Array(CanonicalJSON.encode(bundle)))
        return .apply(bundle, archive: digest, resolved: digest, version: nil, provenance: nil)
    }

    private func target(moving ports: RehearsalPorts) throws -> Target {
        var target = release.target
        target.desired = try target.desired.map { try ports.applied(to: $0, content: scratch.content.content) }
        if let desired = target.desired {
            target.resolved = try scratch.content.keep(Array(CanonicalJSON.encode(desired)))
        }
        return target
    }

    private func carryOut(
        _ target: Target,
        _ what: String,
        _ store: Store,
        _ notes: [String],
        runsJobs: Bool = true,
        isSeen: Bool = true
    ) async throws {
        var options = options
        options.runsJobs = options.runsJobs && runsJobs
        do {
            let engine = scratch.engine("rehearse", store: store) { if isSeen { reporter.report($0) } }
            _ = try await engine.carryOut(target, options: options)
        } catch let error as any SheafError where error.failureClass != .interrupted {
            throw RehearsalProblem.failed(what, error, notes: notes)
        }
    }

    private func listing(of bundle: String, _ store: Store) async throws -> HomeListing {
        let live = try store.inventory(of: bundle)
        let home = scratch.home
        return try await withCheckedThrowingContinuation { continuation in
            let look: @Sendable () -> Void = {
                continuation.resume(with: Swift.Result { try HomeListing(of: home, live: live) })
            }
            // Without another thread it is done on this one: nothing else is to be done meanwhile.
            do { try BlockingThread.start(look).detach() } catch { look() }
        }
    }

    private func tell(_ type: String, _ level: OutputEvent.Level, _ message: String) {
        reporter.tell(
            OutputEvent(
                type: type,
                time: Date.now,
                level: level,
                message: message,
                bundle: release.target.bundle
            )
        )
    }
}
