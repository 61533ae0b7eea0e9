import CLinux
import Glibc
import SheafModel
import SheafSystem

extension SourceTree {
    /// Reads the files on the disk.
    ///
    /// In a git repository these are the tracked files and those that are not ignored; elsewhere all, without `.git`.
    ///
    /// - Parameters:
    ///   - directory: The bundle's directory.
    ///   - options: What is taken of submodules and of git LFS.
    /// - Throws: `ArchiveError` of kind `noDirectory`, `unreadable`, `noWorkingTree`, `foreignRepository`,
    ///   `unsupportedRepository`, `damagedRepository`, `submodule`, `submoduleMissing`, `specialFile`, and what the names
    ///   and links of the files give.
    /// - Returns: The files below the directory, less the excluded ones. They count as dirty unless they are exactly
    ///   what packing the commit gives.
    package static func workingTree(
        directory: String,
        options: SourceChoices = SourceChoices()
    ) throws -> SourceTree {
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
            var walk = DirectoryWalk(anchor, options: options)
            let members = try walk.members()
            return try SourceTree(
                members: members,
                contents: DiskContents(anchor: anchor),
                display: .folder(directory),
                provenance: Provenance(dirty: true),
                version: nil,
                commitTime: nil,
                largeFiles: walk.reader.largeFiles
            )
        }
        let listing = try WorkingTreeListing(at: location, of: repository, anchor: anchor, options: options)
        let commit = try repository.commit(nil)
        let (provenance, version) =
            try commit.map { commit in
                let isDirty = try WorkingTreeComparison(anchor: anchor)
                    .differs(listing, from: commit, at: location, of: repository, options: options)
                return try location.origin(of: commit, in: repository, dirty: isDirty, submodules: listing.submodules)
            }
            ?? (Provenance(subdirectory: location.subdirectory, dirty: true, submodules: listing.submodules), nil)
        return try SourceTree(
            members: listing.members,
            contents: DiskContents(anchor: anchor),
            display: .folder(directory),
            provenance: provenance,
            version: version,
            commitTime: commit?.time,
            largeFiles: listing.largeFiles
        )
    }
}

/// Lists all files below a folder that is in no git repository.
private struct DirectoryWalk {
    private let anchor: DirectoryAnchor
    private var filter = ExclusionFilter(bundle: [])
    private(set) var reader: DiskMembers

    init(_ anchor: DirectoryAnchor, options: SourceChoices) {
        self.anchor = anchor
        reader = DiskMembers(anchor: anchor, options: options)
    }

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
                    try ExclusionRules.checkSize(Int64(status.st_size), of: path)
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
                        try reader.member(
                            try MemberPath(path),
                            status,
                            isExecutable: isExecutable,
                            isLarge: filter.isLarge(path),
                            store: nil
                        )
                    )
                }
            }
        } catch let error as SystemError {
            throw ArchiveError.reading("\(anchor.name)/\(EscapedText.of(prefix))", error)
        }
    }
}

/// Reads members from a folder that is held open.
private struct DiskContents: MemberContents {
    let anchor: DirectoryAnchor

    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if case .large(let digest, let file) = member.origin {
            try LargeFileStore.read(member, digest, file: file, body)
        } else {
            try anchor.open(member.path).forEachPiece { try $0.withUnsafeBytes(body) }
        }
    }
}
