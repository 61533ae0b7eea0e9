import CLinux
import Glibc
import SheafModel
import SheafSystem

extension SourceTree {
    /// Reads the files on the disk.
    ///
    /// In a git repository these are the tracked files and those that are not ignored; elsewhere all, without `.git`.
    ///
    /// - Parameter directory: The bundle's directory.
    /// - Throws: `ArchiveError` of kind `noDirectory`, `unreadable`, `foreignRepository`, `damagedRepository`,
    ///   `submodule`, `specialFile`, and what the names and links of the files give.
    /// - Returns: The files below the directory, less the excluded ones.
    package static func workingTree(directory: String) throws -> SourceTree {
        let location = try BundleLocation(directory)
        let anchor = try DirectoryAnchor(directory)
        if let repository = location.repository, repository.workingDirectory == nil {
            throw ArchiveError(
                .noWorkingTree,
                "the git repository \(EscapedText.of(directory)) is bare: it has commits, but no files",
                hint: "name a commit: \(EscapedText.of(directory))@HEAD, or --ref HEAD with 'sheaf pack'"
            )
        }
        guard let repository = location.repository else {
            var walk = DirectoryWalk(anchor)
            return try SourceTree(
                members: try walk.members(),
                contents: DiskContents(anchor: anchor),
                display: .folder(directory),
                provenance: Provenance(dirty: true),
                version: nil,
                commitTime: nil
            )
        }
        let tree = try repository.workingTree(below: location.subdirectory)
        var filter = try filter(for: tree, at: location, of: repository, anchor: anchor)
        let members = try members(of: tree, at: location, filter: &filter, anchor: anchor, of: repository)
        let commit = try repository.commit(nil)
        let prefix = location.subdirectory.isEmpty ? 0 : location.subdirectory.utf8.count + 1
        let isDirty = tree.changed.contains { !filter.excludes(Array($0.dropFirst(prefix))) }
        let (provenance, version) =
            try commit.map { try location.origin(of: $0, in: repository, dirty: isDirty) }
            ?? (Provenance(subdirectory: location.subdirectory, dirty: true), nil)
        return try SourceTree(
            members: members,
            contents: DiskContents(anchor: anchor),
            display: .folder(directory),
            provenance: provenance,
            version: version,
            commitTime: commit?.time
        )
    }

    private static func filter(
        for tree: GitWorkingTree,
        at location: BundleLocation,
        of repository: GitRepository,
        anchor: DirectoryAnchor
    ) throws -> ExclusionFilter {
        var filter = ExclusionFilter(bundle: location.parts)
        if let top = repository.workingDirectory, !location.subdirectory.isEmpty {
            let topAnchor = try DirectoryAnchor(top)
            try filter.addRulesAbove { try ruleFile($0, topAnchor) }
        }
        let prefix = location.subdirectory.isEmpty ? 0 : location.subdirectory.utf8.count + 1
        for file in tree.files where file.kind != .submodule {
            let path = Array(file.path.dropFirst(prefix))
            try filter.addRules(of: path) { try ruleFile(path.asText, anchor) ?? [] }
        }
        return filter
    }

    /// The content of a file with rules; nil when there is no regular file, as git has it.
    private static func ruleFile(_ path: String, _ anchor: DirectoryAnchor) throws -> [UInt8]? {
        let path = try MemberPath(path)
        guard let status = try anchor.status(of: path), FileType(mode: status.st_mode) == .regular else { return nil }
        var bytes: [UInt8] = []
        try anchor.open(path).forEachPiece { bytes += $0 }
        return bytes
    }

    private static func members(
        of tree: GitWorkingTree,
        at location: BundleLocation,
        filter: inout ExclusionFilter,
        anchor: DirectoryAnchor,
        of repository: GitRepository
    ) throws -> [SourceMember] {
        let prefix = location.subdirectory.isEmpty ? 0 : location.subdirectory.utf8.count + 1
        var members: [SourceMember] = []
        for file in tree.files {
            let name = Array(file.path.dropFirst(prefix))
            guard !filter.excludes(name) else { continue }
            guard file.kind != .submodule else { throw submodule(name) }
            let path = try MemberPath(name)
            // What is tracked and not there was deleted; the status says so too.
            guard let status = try anchor.status(of: path) else { continue }
            let isExecutable =
                repository.keepsFileModes ? status.st_mode & FileType.ownerMayExecute != 0 : file.kind == .executable
            members.append(try DirectoryWalk.member(path, status, isExecutable: isExecutable, anchor))
        }
        return members
    }
}

/// Lists all files below a folder that is in no git repository.
private struct DirectoryWalk {
    private let anchor: DirectoryAnchor
    private var filter = ExclusionFilter(bundle: [])

    init(_ anchor: DirectoryAnchor) { self.anchor = anchor }

    /// Everything but `.git` and what rules exclude.
    mutating func members() throws -> [SourceMember] {
        var members: [SourceMember] = []
        try collect(anchor.folder, below: [], into: &members)
        return members
    }

    private mutating func collect(
        _ folder: OpenFile,
        below prefix: [UInt8],
        into members: inout [SourceMember]
    ) throws {
        do {
            let names = try DirectoryListing.names(in: folder).filter { !$0.elementsEqual(".git".utf8) }
            for name in names {
                let path = prefix + name
                try filter.addRules(of: path) {
                    let status = try DirectoryListing.status(name, in: folder)
                    guard FileType(mode: status.st_mode) == .regular else { return [] }
                    var bytes: [UInt8] = []
                    try anchor.open(try MemberPath(path)).forEachPiece { bytes += $0 }
                    return bytes
                }
            }
            for name in names {
                let path = prefix + name
                let status = try DirectoryListing.status(name, in: folder)
                if FileType(mode: status.st_mode) == .folder {
                    guard !filter.excludes(folder: path) else { continue }
                    let inner = try DirectoryListing.open(name, in: folder)
                    try collect(inner, below: path + [UInt8(ascii: "/")], into: &members)
                } else if !filter.excludes(path) {
                    let isExecutable = status.st_mode & FileType.ownerMayExecute != 0
                    members.append(
                        try Self.member(try MemberPath(path), status, isExecutable: isExecutable, anchor)
                    )
                }
            }
        } catch let error as SystemError {
            throw ArchiveError.reading("\(anchor.name)/\(EscapedText.of(prefix))", error)
        }
    }

    static func member(
        _ path: MemberPath,
        _ status: stat,
        isExecutable: Bool,
        _ anchor: DirectoryAnchor
    ) throws -> SourceMember {
        switch FileType(mode: status.st_mode) {
        case .regular:
            return SourceMember(
                path: path,
                kind: .file(isExecutable: isExecutable),
                size: Int64(status.st_size),
                origin: .disk
            )
        case .link:
            return SourceMember(path: path, kind: .link(target: try anchor.linkTarget(path)), size: 0, origin: .disk)
        case .folder:
            // Git reports a folder only where it could not look into it.
            throw ArchiveError.reading("\(anchor.name)/\(path.text)", SystemError("read", number: EACCES))
        default:
            throw ArchiveError(
                .specialFile,
                "\(EscapedText.of(path.text)) is a device, a pipe or a socket",
                hint: "remove it, or name it in .sheafignore"
            )
        }
    }
}

/// Reads members from a folder that is held open.
private struct DiskContents: MemberContents {
    let anchor: DirectoryAnchor

    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try anchor.open(member.path).forEachPiece { try $0.withUnsafeBytes(body) }
    }
}
