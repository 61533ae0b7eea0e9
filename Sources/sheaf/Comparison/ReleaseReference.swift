import FoundationEssentials
import SheafArchive
import SheafModel
import SheafStore

/// A SOURCE, or a release that Sheaf keeps: `BUNDLE`, `BUNDLE@live` or `BUNDLE@NUMBER`.
enum ReleaseReference {
    case source(BundleSource)
    case release(Revision)

    /// The word for the live revision.
    private static let live = "live"

    /// Finds out what is meant: what is there on the disk wins over a bundle of the same name.
    ///
    /// - Throws: `SourceError` with what may have been meant.
    init(_ text: String, manifest: String? = nil, context: CommandContext) throws {
        let parts = Self.parts(of: text)
        do {
            let source = try BundleSource(text, manifest: manifest)
            if case .revision = source, let parts, Self.isRevision(parts.revision), try !Self.opens(source),
                let store = try context.existingStore(), try !store.revisions(of: parts.name).isEmpty
            {
                self = .release(try Self.revision(parts.revision, of: parts.name, in: store))
            } else {
                self = .source(source)
            }
        } catch let missing as SourceError where missing.code == SourceError.missing(text).code {
            guard let store = try context.existingStore() else { throw Self.missing(text, bundles: []) }
            if try !store.revisions(of: text).isEmpty {
                self = .release(try Self.revision(Self.live, of: text, in: store))
            } else if let parts, try !store.revisions(of: parts.name).isEmpty {
                self = .release(try Self.revision(parts.revision, of: parts.name, in: store))
            } else {
                throw Self.missing(text, bundles: try store.bundles().map(\.name))
            }
        }
    }

    /// The archive of a release or a source that is one.
    ///
    /// - Throws: `SourceError` for a source that is none, or a release without one.
    func archive(in context: CommandContext) throws -> Archive {
        switch self {
        case .source(.archive(let path)): return try context.openArchive(path)
        case .source(let source):
            throw SourceError(
                code: "source.no-archive",
                message: "'\(source.shown)' is no archive",
                hint: "make one with 'sheaf pack'"
            )
        case .release(let revision):
            guard let digest = revision.archive else {
                throw SourceError(
                    code: "source.no-archive",
                    message:
                        "revision \(revision.number) of '\(revision.bundle)' deletes the bundle and has no archive",
                    hint: "run 'sheaf history \(revision.bundle)' to see its revisions"
                )
            }
            return try Self.archive(digest, in: context)
        }
    }

    private static func archive(_ digest: SheafModel.Digest, in context: CommandContext) throws -> Archive {
        // Without a path the store has the right words for it.
        guard let path = context.content.path(of: digest) else {
            _ = try context.content.content(digest)
            throw SourceError.missing(digest.description)
        }
        let archive = try context.openArchive(path)
        guard archive.digest == digest else {
            throw SourceError(
                code: "source.damaged",
                message: "'\(path)' is damaged: its content has another digest",
                hint: "apply or pack the bundle again: that replaces it"
            )
        }
        return archive
    }

    // MARK: Names

    private static func parts(of text: String) -> (name: String, revision: String)? {
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else { return nil }
        return (String(text[..<at]), String(text[text.index(after: at)...]))
    }

    private static func isRevision(_ text: String) -> Bool { text == live || Int(text) != nil }

    /// Whether git has such a commit.
    private static func opens(_ source: BundleSource) throws -> Bool {
        do {
            _ = try source.open()
            return true
        } catch let error as ArchiveError
            where [.unknownRevision, .noRepository, .noCommit, .notInCommit].contains(error.kind)
        {
            return false
        }
    }

    private static func revision(_ text: String, of bundle: String, in store: Store) throws -> Revision {
        let hint = "run 'sheaf history \(bundle)' to see its revisions"
        if text == live {
            if let revision = try store.liveRevision(of: bundle) { return revision }
            throw SourceError(code: "source.no-revision", message: "nothing of '\(bundle)' is live", hint: hint)
        }
        guard let number = Int(text) else {
            throw SourceError(
                code: "source.no-revision",
                message: "there is no directory '\(bundle)', and '\(text)' is no revision of the bundle '\(bundle)'",
                hint: "revisions are numbers: \(hint)"
            )
        }
        if let revision = try store.revision(number, of: bundle) { return revision }
        throw SourceError(
            code: "source.no-revision",
            message: "'\(bundle)' has no revision \(number)",
            hint: hint
        )
    }

    /// - Returns: An error that names what comes nearest: a bundle, or what is in the folder.
    private static func missing(_ text: String, bundles: [String]) -> SourceError {
        let slash = text.lastIndex(of: "/")
        let folder = slash.map { $0 == text.startIndex ? "/" : String(text[..<$0]) } ?? "."
        let name = slash.map { String(text[text.index(after: $0)...]) } ?? text
        // Without the names in the folder there is a guess less, and the error is the same.
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let prefix = slash.map { String(text[...$0]) } ?? ""
        let (word, suffix) = parts(of: name).map { ($0.name, "@\($0.revision)") } ?? (name, "")
        let guess =
            Suggestion.nearest(to: name, among: entries.sorted()).map { prefix + $0 }
            ?? Suggestion.nearest(to: word, among: bundles.sorted()).map { $0 + suffix }
        return SourceError(
            code: SourceError.missing(text).code,
            message: "there is no '\(text)': no directory, no archive, and no bundle that was applied",
            hint: guess.map { "did you mean '\($0)'?" }
                ?? "name a directory, an archive, DIRECTORY@REVISION, or BUNDLE@NUMBER as in 'sheaf history BUNDLE'"
        )
    }
}
