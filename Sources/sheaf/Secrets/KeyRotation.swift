import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore
import SheafSystem

/// Exchanges the key that seals secrets, and seals everything anew that Sheaf keeps.
///
/// At every moment the keys in the file open all that the records name, and the key that seals is the one that has
/// sealed the records: first the next key joins the file, then copies of the resolved bundles are kept that nothing
/// names yet and the folders of what is live learn their new definitions, then all records and the name of the key that
/// seals change in one SQLite transaction, then the old key goes. Whatever dies in between, plans stay empty, and the
/// same command goes on from there. Meanwhile nobody else records anything: the content store is held alone, and the
/// leases of all bundles are taken.
struct KeyRotation {
    /// What was done.
    struct Report: Encodable, Hashable {
        /// The names of secrets that no key opens; they stay as they are.
        var closed: [String]
        /// Whether an earlier exchange was brought to its end.
        var continued: Bool
        /// The name of the key that seals now.
        var keyID: String
        /// The file of the keys.
        var path: String
        /// How many resolved bundles were sealed anew.
        var resolvedBundles: Int
        /// How many values were sealed anew.
        var secrets: Int
    }

    /// As the lease calls it.
    static let operation = "keygen --rotate-store"

    let context: CommandContext

    /// Exchanges the key.
    ///
    /// - Throws: `StoreError` of kind `leaseHeld` while a bundle is being changed; a `SheafError` when something that is
    ///   needed cannot be read or written. What was sealed can still be opened then.
    func run() async throws -> Report {
        let store = try context.existingStore()
        // What cannot be recovered is named below, where it stands in the way.
        if let store { _ = try? await context.engine(Self.operation, store: store, report: { _ in }).recover() }
        let hold = try context.content.holdAlone(waits: true)
        let report = if let store { try withLeases(of: store) { try exchange(store) } } else { try exchange(nil) }
        hold.release()
        return report
    }

    /// Runs a body while nobody else can change a bundle that there is.
    private func withLeases<Result>(of store: Store, _ body: () throws -> Result) throws -> Result {
        let owner = LeaseOwner.current(user: context.user, operation: Self.operation, now: Date.now)
        var taken: [String] = []
        // A lease that stays behind is free once this process has ended.
        defer { for bundle in taken { try? store.returnLease(of: bundle, from: owner) } }
        for bundle in try store.bundles().map(\.name) {
            try store.takeLease(of: bundle, as: owner)
            taken.append(bundle)
        }
        if let open = try store.openTransactions().first {
            throw EngineError(
                .stuck,
                .refused,
                "revision \(open.revision) of '\(open.bundle)' is still open, so nothing is sealed anew",
                hint: "run 'sheaf recover', and then this again"
            )
        }
        return try body()
    }

    private func exchange(_ store: Store?) throws -> Report {
        let digests = try store?.contentNeeds().resolved ?? [:]
        // What cannot be read could not be sealed anew, and would be lost with the old key: so that is found out first.
        for digest in digests.keys.sorted() { _ = try context.content.content(digest) }
        guard let exchange = try context.keys.beginExchange() else { throw noKey }
        var resealing = Resealing(with: exchange.key, opening: exchange.older)
        let resolved = try reseal(digests.keys.sorted(), with: &resealing)
        if let store {
            try acceptDefinitions(in: store, with: &resealing)
            try store.reseal(resolved: resolved, with: exchange.key.id, by: context.user) { text in
                try resealing.reseal(text)
            }
        }
        // A killed exchange may have left both keys in a file that was never given its name.
        NewFile.sweep(beside: RealPath.of(context.keys.path))
        try context.keys.endExchange(exchange)
        return Report(
            closed: resealing.closedNames.sorted(),
            continued: exchange.isContinued,
            keyID: exchange.key.id,
            path: context.keys.path,
            resolvedBundles: resolved.count { $0.key != $0.value },
            secrets: resealing.count
        )
    }

    /// Keeps resolved bundles with their secrets sealed anew.
    ///
    /// - Returns: For each digest the one that takes its place, which is the same where nothing is sealed.
    private func reseal(_ digests: [Digest], with resealing: inout Resealing) throws -> [Digest: Digest] {
        var replacements: [Digest: Digest] = [:]
        for digest in digests {
            let text = String(decoding: try context.content.content(digest), as: UTF8.self)
            let resealed = try resealing.reseal(text)
            replacements[digest] = resealed == text ? digest : try context.content.keep(Array(resealed.utf8))
        }
        return replacements
    }

    /// Lets the folders of what is live count as made from what the records are about to say.
    private func acceptDefinitions(in store: Store, with resealing: inout Resealing) throws {
        for (_, instance) in try store.inventory() where instance.resource.manifest.holdsSealedSecret {
            var resource = instance.resource
            resource.manifest = try resource.manifest.mapTexts { try resealing.reseal($0) }
            try context.executor.accept(resource, for: instance)
        }
    }

    private var noKey: StoreError {
        StoreError(
            .keyUnusable,
            "there is no key to exchange: \(context.keys.path) is not there",
            hint: "the first secret that is sealed makes one; if the key is elsewhere, let SHEAF_KEY_FILE name it"
        )
    }
}
