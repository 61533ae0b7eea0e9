import SheafArchive
import SheafModel
import SheafTestSupport

/// The smallest bundle.
let emptyBundle = TarForge.bundle

extension SourceTree {
    /// Packs with the source's own version and time.
    func packed(
        bundle: ResolvedBundle = emptyBundle,
        level: Int = 3,
        cache: PackCache? = nil,
        threads: Int? = nil,
        scratch: String = "/tmp"
    ) throws -> PackedArchive {
        try Packer(compressionLevel: level, scratch: scratch, cache: cache, threads: threads).pack(
            self,
            bundle: bundle,
            version: version ?? "0.1.0",
            commitTime: commitTime ?? 0
        )
    }

    var paths: [String] { members.map(\.path.text) }
}

/// The stable name of the error that a body ends with; nil when it succeeds.
func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let error as ArchiveError {
        return error.code
    } catch {
        return "\(error)"
    }
}
