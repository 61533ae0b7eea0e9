import CLinux
import Glibc
import SheafSystem

/// The files below a repository's folder of objects, and below those that it borrows from.
struct GitObjectFiles: Sendable {
    /// How far repositories borrow from each other; git's limit.
    private static let mostHops = 5

    private let folders: [String]
    private let packs: [GitPack]

    /// Lists what is there now; what is added later is left to libgit2.
    init(_ folder: String) {
        var folders: [String] = [], isOverlooked = false
        Self.collect(folder, hops: 0, into: &folders, isOverlooked: &isOverlooked)
        self.folders = folders
        packs = folders.flatMap(Self.packs)
    }

    /// The size of an object that is stored whole in a pack.
    func size(of id: GitObjectID) -> Int64? { packed(id).flatMap { $0.pack.size(at: $0.offset) } }

    /// The content of an object.
    ///
    /// - Parameters:
    ///   - id: Of the object.
    ///   - kind: What it must be.
    ///   - size: Of the content, where it is known: only then a loose object is read.
    ///   - inflater: Holds the result until it is used again.
    /// - Returns: Unproven bytes; nil when libgit2 has to read the object.
    func content(
        _ id: GitObjectID,
        _ kind: GitObjects.Kind,
        size: Int64?,
        with inflater: GitInflater
    ) -> UnsafeRawBufferPointer? {
        if let (pack, offset) = packed(id) { return pack.content(at: offset, kind, with: inflater) }
        guard let size, (0...Int64(GitInflater.most)).contains(size) else { return nil }
        return loose(id, kind, size: Int(size), with: inflater)
    }

    /// A blob to be read in pieces.
    ///
    /// - Returns: nil when libgit2 has to read it, because it is stored as a difference or is not there.
    func large(_ id: GitObjectID, size: Int64) -> GitLargeObject? {
        if let (pack, offset) = packed(id) { return pack.large(at: offset) }
        guard let (file, status) = looseFile(id), status.st_size > 0 else { return nil }
        let header = Array("\(GitObjects.Kind.blob.rawValue) \(size)\0".utf8)
        return GitLargeObject(file: file, range: 0..<Int64(status.st_size), header: header, size: size)
    }

    private func packed(_ id: GitObjectID) -> (pack: GitPack, offset: Int64)? {
        for pack in packs { if let offset = pack.offset(of: id) { return (pack, offset) } }
        return nil
    }

    private func loose(
        _ id: GitObjectID,
        _ kind: GitObjects.Kind,
        size: Int,
        with inflater: GitInflater
    ) -> UnsafeRawBufferPointer? {
        guard let (file, status) = looseFile(id) else { return nil }
        let header = Array("\(kind.rawValue) \(size)\0".utf8)
        let whole = inflater.content(of: file, at: 0, length: Int(status.st_size), size: header.count + size)
        guard let whole, whole.starts(with: header) else { return nil }
        return UnsafeRawBufferPointer(rebasing: whole[header.count...])
    }

    private func looseFile(_ id: GitObjectID) -> (file: OpenFile, status: stat)? {
        let hex = id.hex
        for folder in folders {
            // A missing file is in another folder; one that cannot be read is for libgit2 to tell of.
            guard let file = try? OpenFile.open("\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"),
                let status = try? file.status()
            else { continue }
            return (file, status)
        }
        return nil
    }

    private static func packs(in folder: String) -> [GitPack] {
        // Without a folder of packs there are none.
        guard let open = try? OpenFile.open("\(folder)/pack", O_RDONLY | O_DIRECTORY),
            let names = try? DirectoryListing.names(in: open)
        else { return [] }
        return names.map(\.asText).filter { $0.hasSuffix(".idx") }.compactMap {
            GitPack("\(folder)/pack/\($0.dropLast(4))")
        }
    }

    /// The folders that a folder borrows from and that libgit2 does not find.
    ///
    /// It knows relative names in the first repository only, and only those that begin with a dot.
    static func overlooked(from folder: String) -> [String] {
        var folders: [String] = [], overlooked = false
        collect(folder, hops: 0, into: &folders, isOverlooked: &overlooked)
        return overlooked ? Array(folders.dropFirst()) : []
    }

    private static func collect(
        _ folder: String,
        hops: Int,
        into folders: inout [String],
        isOverlooked: inout Bool
    ) {
        let trimmed = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        guard hops <= mostHops, !folders.contains(trimmed) else { return }
        folders.append(trimmed)
        // Most repositories borrow from none. Quoted names and comments are for libgit2.
        for line in (TextFile.read("\(trimmed)/info/alternates") ?? "").split(separator: "\n")
        where !line.hasPrefix("#") && !line.hasPrefix("\"") {
            let isAbsolute = line.hasPrefix("/")
            if !isAbsolute && (hops > 0 || !line.hasPrefix(".")) { isOverlooked = true }
            let next = isAbsolute ? String(line) : "\(trimmed)/\(line)"
            collect(next, hops: hops + 1, into: &folders, isOverlooked: &isOverlooked)
        }
    }
}
