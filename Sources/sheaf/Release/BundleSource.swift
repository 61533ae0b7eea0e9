import FoundationEssentials
import SheafArchive
import SheafManifest
import SheafModel
import SheafSystem

/// What a user named as SOURCE, in one of its forms.
enum BundleSource: Hashable {
    /// A directory with a manifest in it.
    case directory(String, manifest: String)
    /// A git revision of a directory.
    case revision(directory: String, revision: String, manifest: String)
    case archive(String)

    /// The manifest's name where none is given.
    static let defaultManifest = ArchiveIndex.standardManifest

    /// Finds out what is meant.
    ///
    /// - Parameters:
    ///   - text: A directory, a manifest file, an archive, or `path@REV`.
    ///   - manifest: The manifest's path in the bundle, where the user gave one.
    /// - Throws: `UsageError` when nothing by that name is there.
    init(_ text: String, manifest: String? = nil) throws {
        var isDirectory = false
        let manager = FileManager.default
        if manager.fileExists(atPath: text, isDirectory: &isDirectory) {
            if isDirectory {
                self = .directory(text, manifest: manifest ?? Self.defaultManifest)
            } else if text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
                let (folder, name) = Self.split(text)
                self = .directory(folder, manifest: manifest ?? name)
            } else {
                guard manifest == nil else {
                    throw UsageError("an archive names its manifest itself", hint: "leave out --file")
                }
                self = .archive(text)
            }
            return
        }
        if let at = text.lastIndex(of: "@"), at != text.startIndex,
            manager.fileExists(atPath: String(text[..<at]), isDirectory: &isDirectory), isDirectory
        {
            let revision = String(text[text.index(after: at)...])
            self = .revision(
                directory: String(text[..<at]),
                revision: revision,
                manifest: manifest ?? Self.defaultManifest
            )
            return
        }
        if text.hasPrefix("oci://") {
            throw UsageError("registries are not supported by this version", hint: "name a directory or an archive")
        }
        throw SourceError.missing(text)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }

    /// Opens the files: of a directory the working tree.
    ///
    /// - Parameters:
    ///   - options: What is taken of submodules and of git LFS.
    ///   - cache: What earlier packs made; nil where nothing is packed.
    ///   - limits: What an archive may cost.
    /// - Throws: `ArchiveError` when there is no such source, or it cannot be read.
    /// - Returns: The files, listed.
    func open(
        options: SourceChoices = SourceChoices(),
        cache: PackCache? = nil,
        limits: ArchiveLimits = .standard
    ) throws -> SourceTree {
        switch self {
        case .directory(let path, _): try SourceTree.workingTree(directory: path, options: options)
        case .revision(let path, let revision, _):
            try SourceTree.commit(directory: path, revision: revision, options: options, cache: cache)
        case .archive(let path): try SourceTree.archive(path: path, limits: limits)
        }
    }

    /// As a user would write it.
    var shown: String {
        switch self {
        case .directory(let path, _), .archive(let path): path
        case .revision(let path, let revision, _): "\(path)@\(revision)"
        }
    }

    var manifest: String {
        switch self {
        case .directory(_, let manifest), .revision(_, _, let manifest): manifest
        case .archive: Self.defaultManifest
        }
    }

    /// The manifest's path among the files, without the parts that lead nowhere.
    var manifestMember: String { manifest.split(separator: "/").filter { $0 != "." }.joined(separator: "/") }
}

/// A SOURCE that cannot be read.
struct SourceError: SheafError {
    let code: String
    let message: String
    let hint: String?
    var failureClass: FailureClass { .invalidInput }

    static func changed(_ path: String) -> SourceError {
        SourceError(
            code: "source.changed",
            message: "'\(path)' was changed while it was being read",
            hint: "run the command again once nobody writes to it"
        )
    }

    static func unreadable(_ path: String, _ cause: SystemError) -> SourceError {
        SourceError(
            code: "source.unreadable",
            message: "'\(path)' cannot be read: \(cause.reason)",
            hint: "check that it is a file and that you may read it"
        )
    }

    static func tooLarge(_ path: String) -> SourceError {
        SourceError(
            code: "source.too-large",
            message: "'\(path)' is larger than a manifest may be",
            hint: "put data into files of its own, and the resources into several manifests"
        )
    }

    static func missing(
        _ text: String,
        hint: String = "name a directory with a bundle.yaml, a manifest, an archive, or DIRECTORY@REVISION"
    ) -> SourceError {
        SourceError(
            code: "source.missing",
            message: "there is no '\(text)'",
            hint: hint
        )
    }
}
