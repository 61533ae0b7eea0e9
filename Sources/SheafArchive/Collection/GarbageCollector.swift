import FoundationEssentials
import Glibc
package import SheafModel
import SheafSystem

/// Removes from Sheaf's home what nothing needs: content that no record names, frames beyond their limit, and what killed
/// processes left.
///
/// Files are only ever unlinked, one by one, so a collection that is killed has removed a part of the garbage and nothing
/// else. Nobody can keep content while it is decided what goes (`ContentDirectory.hold()`). When it is not certain what
/// is needed, nothing is removed at all.
package struct GarbageCollector: Sendable {
    /// How garbage is collected.
    package struct Options: Hashable, Sendable {
        /// Only says what would go.
        package var isDryRun = false
        /// Drops all frames, usable or not.
        package var dropsFrames = false
        /// Waits for those who keep content now, instead of giving up.
        package var waits = false

        package init() {}
    }

    private let home: String
    private let cache: PackCache
    private var content: ContentDirectory { ContentDirectory(root: home) }

    /// Takes Sheaf's home.
    package init(home: String, cache: PackCache) {
        self.home = home
        self.cache = cache
    }

    /// Collects.
    ///
    /// - Parameters:
    ///   - options: How.
    ///   - needs: What the records need, read anew at each call; nil when there are no records. Is also called while
    ///     nobody can keep content.
    /// - Returns: What was removed, or would be.
    /// - Throws: What `needs` throws, `ArchiveError` of kind `contentBusy` when somebody is keeping content,
    ///   `contentUnaccounted` when it is not certain what is needed: nothing was removed then. Of kind `cannotWrite` when
    ///   a file cannot be removed.
    package func collect(_ options: Options, needs: () throws -> ContentNeeds?) throws -> GarbageReport {
        var report = GarbageReport()
        try collectBlobs(options, needs: needs, into: &report)
        for folder in ["blobs/sha256", "keys", "frames"] {
            let abandoned = TemporaryFile.abandoned("\(home)/\(folder)", isRemoving: !options.isDryRun)
            report.garbage += abandoned.map {
                Garbage(
                    kind: .temporary,
                    path: "\(folder)/\($0.name)",
                    size: $0.size,
                    reason: "a killed process left it"
                )
            }
        }
        try cache.collect(isDryRun: options.isDryRun, all: options.dropsFrames, into: &report)
        return report
    }

    private func collectBlobs(
        _ options: Options,
        needs: () throws -> ContentNeeds?,
        into report: inout GarbageReport
    ) throws {
        guard content.isThere else { return }
        // Most of the work is done before anybody has to wait. What cannot be read now may be gone a moment later; what
        // still cannot be read then ends the collection below.
        var known: [SheafModel.Digest: Set<SheafModel.Digest>] = [:]
        for (bundle, owner) in try needs()?.resolved ?? [:] { known[bundle] = try? contents(of: bundle, for: owner) }

        let hold = try content.holdAlone(waits: options.waits)
        let listing = try content.listing()
        report.foreign += listing.foreign
        guard let needs = try needs() else {
            guard listing.blobs.isEmpty else { throw withoutRecords() }
            return
        }
        let needed = try needs.all { bundle, owner in try known[bundle] ?? contents(of: bundle, for: owner) }
        for blob in listing.blobs where needed.contains(blob.digest) { report.keptBlobs.add(blob.size) }
        report.missing = needed.subtracting(listing.blobs.map(\.digest)).map(\.description).sorted()
        for blob in listing.blobs where !needed.contains(blob.digest) {
            if !options.isDryRun { try content.remove(blob.digest) }
            report.garbage.append(
                Garbage(
                    kind: .blob,
                    path: "blobs/sha256/\(blob.digest.hex)",
                    size: blob.size,
                    reason: "no revision names it"
                )
            )
        }
        hold.release()
    }

    /// What a resolved bundle names.
    private func contents(of bundle: SheafModel.Digest, for owner: String) throws -> Set<SheafModel.Digest> {
        let resolved: ResolvedBundle
        do {
            resolved = try CanonicalJSON.decode(ResolvedBundle.self, from: Data(content.content(bundle)))
        } catch let error as ArchiveError {
            throw unaccounted(owner, error.message)
        } catch {
            throw unaccounted(owner, "\(bundle) is no resolved bundle: \(error)")
        }
        guard resolved.formatVersion <= ResolvedBundle.currentFormat else {
            throw unaccounted(owner, "\(bundle) was made by a newer version of Sheaf")
        }
        return resolved.contents
    }

    private func unaccounted(_ owner: String, _ reason: String) -> ArchiveError {
        ArchiveError(
            .contentUnaccounted,
            "nothing was removed, because it is not known what \(owner) needs: \(reason)",
            hint: "put the file back from a copy, or apply what that revision had once more: that writes it again",
            failureClass: .refused
        )
    }

    private func withoutRecords() -> ArchiveError {
        ArchiveError(
            .contentUnaccounted,
            "nothing was removed, because there is content in \(EscapedText.of(home)) and no state.db that says what of it"
                + " is needed",
            hint: "put state.db back; where it is lost for good, remove the folder blobs as well",
            failureClass: .refused
        )
    }
}
