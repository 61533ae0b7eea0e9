import FoundationEssentials
import Glibc
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem

/// A home that exists for one rehearsal.
///
/// It is a folder `sheaf-rehearsal-…` in `TMPDIR` whose lock is held as long as the rehearsal goes on. What a killed one
/// has left has a free lock: the next rehearsal ends what runs there and removes it.
final class RehearsalHome: Sendable {
    let context: CommandContext
    private let lock: FileLock

    private static let prefix = "sheaf-rehearsal-"
    private static let lockName = "rehearsal.lock"

    /// Makes an empty home.
    ///
    /// - Throws: `RehearsalProblem` when there is no place for it.
    init(beside real: CommandContext) throws {
        let path = "\(Self.folder(real))/\(Self.prefix)\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        context = try CommandContext.ofHome(path, environment: real.environment)
        do throws(SystemError) {
            lock = try Self.makeLocked(path)
        } catch {
            throw RehearsalProblem.noScratch(error)
        }
    }

    /// Takes over what an earlier rehearsal has left; nil when it goes on.
    private init?(leftover path: String, beside real: CommandContext) throws {
        context = try CommandContext.ofHome(path, environment: real.environment)
        guard let lock = try FileLock.take("\(path)/\(Self.lockName)") else { return nil }
        self.lock = lock
    }

    private static func makeLocked(_ path: String) throws(SystemError) -> FileLock {
        try PrivateFolder.make(path)
        guard let lock = try FileLock.take("\(path)/\(lockName)") else {
            throw SystemError("lock \(path)", number: EBUSY)
        }
        return lock
    }

    /// Ends everything in it and removes it.
    ///
    /// - Throws: What cannot be ended or removed.
    func end() async throws {
        let context = context
        // Whatever has interrupted the rehearsal must not interrupt this.
        try await Task { try await Self.clear(context) }.value
    }

    /// Ends and removes what killed rehearsals of this user have left.
    ///
    /// - Returns: The folders that were removed.
    static func removeLeftovers(beside real: CommandContext) async -> [String] {
        let folder = folder(real)
        // A folder that cannot be listed has no leftovers that could be removed.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var removed: [String] = []
        for name in names.sorted() where name.hasPrefix(prefix) {
            let path = "\(folder)/\(name)"
            guard isOwn(path) else { continue }
            do {
                guard let leftover = try RehearsalHome(leftover: path, beside: real) else { continue }
                try await leftover.end()
                removed.append(path)
            } catch {
                StandardStreams.error.write("warning: \(path) of an earlier rehearsal cannot be removed: \(error)\n")
            }
        }
        return removed
    }

    private static func clear(_ context: CommandContext) async throws {
        if let store = try context.existingStore() {
            let engine = context.engine("rehearse", store: store) { _ in }
            try await engine.recover()
            for summary in try store.bundles().reversed() where summary.resources > 0 {
                _ = try await engine.carryOut(.delete(summary.name), options: OperationOptions(deletesData: true))
            }
        }
        try FileManager.default.removeItem(atPath: context.home)
    }

    /// Whether a path is a folder of this user, and no link to one.
    private static func isOwn(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
            && information.st_uid == geteuid()
    }

    private static func folder(_ context: CommandContext) -> String {
        let given = context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        return given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
    }
}

/// Why a rehearsal did not succeed; the real home is as it was in any case.
struct RehearsalProblem: SheafError {
    let code: String
    let message: String
    var details: [String] = []
    let hint: String?
    var failureClass: FailureClass { .refused }

    static func noScratch(_ cause: SystemError) -> RehearsalProblem {
        RehearsalProblem(
            code: "rehearse.no-scratch",
            message: "there is no place for a rehearsal: cannot \(cause)",
            hint: "set TMPDIR to a folder that you may write"
        )
    }

    static func failed(_ what: String, _ cause: any SheafError, notes: [String]) -> RehearsalProblem {
        RehearsalProblem(
            code: "rehearse.failed",
            message: "\(what) failed in the rehearsal: \(cause.message)",
            // The logs go with the scratch home.
            details: cause.details.filter { !$0.contains(" kept in ") } + notes,
            hint: cause.hint ?? "nothing was changed in the real home"
        )
    }

    static func differs(_ count: Int, after what: String) -> RehearsalProblem {
        RehearsalProblem(
            code: "rehearse.differences",
            message: "\(what) does not give back what was there before: \(count)"
                + " \(count == 1 ? "difference" : "differences")",
            hint: "the list above says where; nothing was changed in the real home"
        )
    }

    static func foreign(_ id: ResourceID) -> RehearsalProblem {
        RehearsalProblem(
            code: "rehearse.foreign-resource",
            message: "\(id) belongs to another bundle, so an apply would be refused",
            hint: "give it another name, or take it out of the other bundle first"
        )
    }

    static func fixedPort(_ port: Int, of resource: ResourceID, file: String) -> RehearsalProblem {
        RehearsalProblem(
            code: "rehearse.port-taken",
            message: "\(resource) cannot be rehearsed on another port than \(port), which is taken: \(file) names it",
            hint: "write the port as an argument or a variable, or end what has it"
        )
    }
}
