import CLinux
import Glibc
import SheafModel
import SheafSystem

/// The files of a working tree below the bundle's directory, with those of submodules that are part of the bundle, less
/// what rules on the disk exclude.
struct WorkingTreeListing {
    private(set) var members: [SourceMember] = []
    /// The submodules that are part of the bundle, with the commits that are checked out.
    private(set) var submodules: [Provenance.Submodule] = []
    var largeFiles: LargeFiles { reader.largeFiles }

    private var filter: ExclusionFilter
    private var reader: DiskMembers
    private let anchor: DirectoryAnchor
    private let options: SourceChoices

    private struct File {
        /// From the bundle's directory.
        let path: [UInt8]
        let kind: GitWorkingFile.Kind
        let repository: GitRepository
    }

    /// Lists a working tree.
    ///
    /// - Parameters:
    ///   - location: Of the bundle.
    ///   - repository: Around it.
    ///   - anchor: The bundle's folder.
    ///   - options: What is taken of submodules and of git LFS.
    /// - Throws: `ArchiveError` as `SourceTree.workingTree` says.
    init(
        at location: BundleLocation,
        of repository: GitRepository,
        anchor: DirectoryAnchor,
        options: SourceChoices
    ) throws {
        self.anchor = anchor
        self.options = options
        filter = ExclusionFilter(bundle: location.parts)
        reader = DiskMembers(anchor: anchor, options: options)
        if let top = repository.workingDirectory, !location.subdirectory.isEmpty {
            let topAnchor = try DirectoryAnchor(top)
            try filter.addRulesAbove { try Self.rules($0, topAnchor) }
        }
        var files: [File] = []
        try collect(repository, below: location.subdirectory, prefix: [], into: &files)
        for file in files where !filter.excludes(file.path) { try add(file) }
        submodules.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private mutating func collect(
        _ repository: GitRepository,
        below subdirectory: String,
        prefix: [UInt8],
        into files: inout [File]
    ) throws {
        let skipped = subdirectory.isEmpty ? 0 : subdirectory.utf8.count + 1
        var nested: [File] = []
        for file in try repository.workingFiles(below: subdirectory) {
            let found = File(path: prefix + file.path.dropFirst(skipped), kind: file.kind, repository: repository)
            if file.kind == .submodule || file.kind == .nested {
                nested.append(found)
            } else {
                files.append(found)
                try filter.addRules(of: found.path) { try Self.rules(found.path.asText, anchor) ?? [] }
            }
        }
        for file in nested {
            let place = Array(subdirectory.utf8) + (subdirectory.isEmpty ? [] : [UInt8(ascii: "/")])
            try collect(submodule: file, at: place + file.path.dropFirst(prefix.count), into: &files)
        }
    }

    private mutating func collect(submodule file: File, at place: [UInt8], into files: inout [File]) throws {
        guard file.kind == .submodule else {
            if filter.excludes(file.path) || filter.excludes(folder: file.path) { return }
            throw ArchiveError(
                .submodule,
                "\(EscapedText.of(file.path)) is a git repository of its own, and no submodule of this one",
                hint: "make it a submodule with 'git submodule add', or name it in .sheafignore"
            )
        }
        guard try filter.takesSubmodule(file.path, options) else { return }
        // A link in its place, or on the way to it, would hide the files: nothing below a link is read.
        let status = try anchor.status(of: MemberPath(file.path))
        guard let status, FileType(mode: status.st_mode) == .folder else {
            throw SubmoduleSearch.notCheckedOut(file.path, in: file.repository)
        }
        guard let inner = try SubmoduleSearch.checkedOut(at: place, in: file.repository) else {
            throw SubmoduleSearch.notCheckedOut(file.path, in: file.repository)
        }
        if let commit = try inner.commit(nil) {
            submodules.append(Provenance.Submodule(path: file.path.asText, commit: commit.id.hex))
        }
        try collect(inner, below: "", prefix: file.path + [UInt8(ascii: "/")], into: &files)
    }

    private mutating func add(_ file: File) throws {
        let path = try MemberPath(file.path)
        // What is tracked and not there was deleted.
        guard let status = try anchor.status(of: path) else { return }
        if file.kind == .link, !file.repository.keepsLinks, FileType(mode: status.st_mode) == .regular {
            members.append(try reader.link(path))
            return
        }
        let isExecutable =
            file.repository.keepsFileModes
            ? status.st_mode & FileType.ownerMayExecute != 0 : file.kind == .executable
        members.append(
            try reader.member(
                path,
                status,
                isExecutable: isExecutable,
                isLarge: filter.isLarge(file.path),
                store: LargeFileStore(gitDirectory: file.repository.commonDirectory)
            )
        )
    }

    /// The content of a file with rules; nil when there is no regular file, as git has it.
    private static func rules(_ path: String, _ anchor: DirectoryAnchor) throws -> [UInt8]? {
        let path = try MemberPath(path)
        guard let status = try anchor.status(of: path), FileType(mode: status.st_mode) == .regular else { return nil }
        try ExclusionRules.checkSize(Int64(status.st_size), of: Array(path.text.utf8))
        var bytes: [UInt8] = []
        try anchor.open(path).forEachPiece { bytes += $0 }
        return bytes
    }
}
