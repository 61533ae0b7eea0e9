import Clibgit2
import Glibc
import SheafModel
import Synchronization

import enum Crypto.Insecure

/// Reads objects of a repository by their ids, on any number of threads at once.
///
/// Every object that is read is digested and held against its id, so a damaged object ends in an error and never in
/// an archive. libgit2 can do the same; its SHA-1, which also looks for collisions, takes several times as long, and is
/// switched off. What is stored whole, or as one or two differences, is read here, which takes half the time that libgit2
/// takes; libgit2 reads what is stored as more differences, and whatever cannot be read here.
final class GitObjects: Sendable {
    /// What an object is.
    enum Kind: String {
        case commit, tree, blob

        fileprivate var type: git_object_t {
            switch self {
            case .commit: GIT_OBJECT_COMMIT
            case .tree: GIT_OBJECT_TREE
            case .blob: GIT_OBJECT_BLOB
            }
        }
    }

    /// One view of the database; libgit2 keeps packs that are open for all of them together.
    private final class Handle: @unchecked Sendable {
        // Safe to send: one thread at a time has it, the one that took it out of the list.
        let pointer: OpaquePointer
        let inflater: GitInflater

        init(folder: String) throws(GitFailure) {
            guard let inflater = GitInflater() else { throw GitFailure(code: -1, reason: "no memory") }
            self.inflater = inflater
            var pointer: OpaquePointer?
            let code = git_odb_open(&pointer, folder)
            try GitFailure.check(code)
            guard let pointer else { throw GitFailure(code: code, reason: "libgit2 gave no database") }
            self.pointer = pointer
            for folder in GitObjectFiles.overlooked(from: folder) {
                try GitFailure.check(git_odb_add_disk_alternate(pointer, folder))
            }
        }

        deinit { git_odb_free(pointer) }
    }

    /// The folder of objects, with a slash at its end.
    private let folder: String
    /// The git directory, for messages.
    private let path: String
    /// Whether the remote may have what is missing.
    private let isPartial: Bool
    private let free = Mutex<[Handle]>([])
    private let files = Mutex<GitObjectFiles?>(nil)
    /// Held while a large object is in memory, so that there is one at a time.
    private let large = Mutex<Void>(())

    /// Takes the folder of objects; it is opened when something is read.
    init(folder: String, of path: String, isPartial: Bool) {
        self.folder = folder
        self.path = path
        self.isPartial = isPartial
    }

    /// Gives the bytes of an object to a body; they are gone afterwards.
    ///
    /// - Parameters:
    ///   - id: Of the object.
    ///   - kind: What it must be.
    ///   - size: Of the content, where it is known.
    ///   - body: Must not read other objects of this value.
    /// - Throws: `ArchiveError` of kind `missingObject`; of kind `damagedRepository`, also when the bytes are not what
    ///   the id says; and what the body throws.
    /// - Returns: What the body returns.
    func read<Result>(
        _ id: GitObjectID,
        _ kind: Kind,
        size: Int64? = nil,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let files = listed()
        return try use { handle in
            if let bytes = files.content(id, kind, size: size, with: handle.inflater), Self.proves(bytes, kind, id) {
                return try body(bytes)
            }
            var raw = id.raw
            let object: GitPointer
            do throws(GitFailure) {
                object = try GitPointer(free: git_odb_object_free) { git_odb_read($0, handle.pointer, &raw) }
            } catch {
                guard error.isNotFound else { throw error }
                throw GitRepository.missing(path, "the \(kind.rawValue) \(id.hex)", isPartial: isPartial)
            }
            guard git_odb_object_type(object.raw) == kind.type else { throw mismatch(id, "is no \(kind.rawValue)") }
            let bytes = UnsafeRawBufferPointer(
                start: git_odb_object_data(object.raw),
                count: git_odb_object_size(object.raw)
            )
            guard Self.proves(bytes, kind, id) else {
                throw mismatch(id, "is damaged: its content has another id")
            }
            return try body(bytes)
        }
    }

    /// Whether bytes are what an id says.
    private static func proves(_ bytes: UnsafeRawBufferPointer, _ kind: Kind, _ id: GitObjectID) -> Bool {
        var hash = Insecure.SHA1()
        Array("\(kind.rawValue) \(bytes.count)\0".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: bytes)
        return hash.finalize().withUnsafeBytes { GitObjectID($0) } == id
    }

    /// The files of objects, listed when the first is read.
    private func listed() -> GitObjectFiles {
        files.withLock { files in
            let found = files ?? GitObjectFiles(folder)
            files = found
            return found
        }
    }

    /// As `read`, but in pieces where the blob is large.
    ///
    /// What git has stored as a difference is held in memory whole, by one thread at a time; git does so with nothing
    /// over `core.bigFileThreshold`, 512 MiB. The body may have received pieces when the blob turns out to be damaged.
    func readBlob(
        _ id: GitObjectID,
        size: Int64,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard size > Int64(GitInflater.most) else { return try read(id, .blob, size: size, body) }
        guard let object = listed().large(id, size: size) else {
            return try large.withLock { _ in try read(id, .blob, size: size, body) }
        }
        do {
            var hash = Insecure.SHA1()
            Array("\(Kind.blob.rawValue) \(object.size)\0".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
            try object.forEachPiece { piece in
                hash.update(bufferPointer: piece)
                try body(piece)
            }
            guard hash.finalize().withUnsafeBytes({ GitObjectID($0) }) == id else {
                throw mismatch(id, "is damaged: its content has another id")
            }
        } catch let failure as GitFailure {
            throw GitRepository.damaged(path, failure)
        }
    }

    /// The bytes of an object.
    func content(_ id: GitObjectID, _ kind: Kind = .blob) throws -> [UInt8] { try read(id, kind) { Array($0) } }

    /// The sizes of blobs in bytes, as their headers say.
    ///
    /// - Throws: `ArchiveError` of kind `damagedRepository`.
    /// - Returns: As many numbers as there are ids, in their order; nil for a blob that is not there.
    func sizes(of ids: [GitObjectID]) throws -> [Int64?] {
        let chunk = 512
        let files = listed()
        let parts = try Workers.map(count: (ids.count + chunk - 1) / chunk) { part in
            try self.use { handle in
                try ids[part * chunk..<min((part + 1) * chunk, ids.count)].map { id -> Int64? in
                    if let size = files.size(of: id) { return size }
                    var raw = id.raw, size = 0, type = GIT_OBJECT_ANY
                    let code = git_odb_read_header(&size, &type, handle.pointer, &raw)
                    if code == GIT_ENOTFOUND.rawValue { return nil }
                    try GitFailure.check(code)
                    // A header may claim more than fits in a signed number.
                    guard size >= 0 else { throw self.mismatch(id, "claims a size that nothing has") }
                    return Int64(size)
                }
            }
        }
        return parts.flatMap(\.self)
    }

    private func use<Result>(_ body: (Handle) throws -> Result) throws -> Result {
        do {
            let handle = try free.withLock { $0.popLast() } ?? Handle(folder: folder)
            defer { free.withLock { $0.append(handle) } }
            return try body(handle)
        } catch let failure as GitFailure {
            throw GitRepository.damaged(path, failure)
        }
    }

    private func mismatch(_ id: GitObjectID, _ what: String) -> GitFailure {
        GitFailure(code: GIT_ERROR.rawValue, reason: "the object \(id.hex) \(what)")
    }
}
