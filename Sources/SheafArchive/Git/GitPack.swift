import CLinux
import Glibc
import SheafSystem

/// One pack of git with its index, of which objects are read that are stored whole.
///
/// Those that are stored as a difference to another, and whatever looks strange, are left to libgit2. The format is
/// that of git's `Documentation/gitformat-pack.txt`: an index of version 2 and a pack of version 2.
final class GitPack: @unchecked Sendable {
    // Safe to send: the mapped memory is only read, and unmapped when nobody uses the value any more.

    /// What an object begins with in a pack.
    struct Entry {
        let kind: GitObjects.Kind
        /// Of the content.
        let size: Int
        /// Where the compressed content begins.
        let start: Int64
    }

    private static let idSize = GitObjectID.count
    private static let fanoutEnd = 8 + 256 * 4
    /// The checksum at a pack's end.
    private static let trailer: Int64 = 20
    /// Type and size of an object take no more.
    private static let mostHeader = 16

    private let index: UnsafeRawBufferPointer
    private let count: Int
    private let file: OpenFile
    private let size: Int64

    /// Opens a pack.
    ///
    /// - Parameter path: Of the pack without its ending.
    /// - Returns: nil for one that libgit2 has to read.
    init?(_ path: String) {
        // Whatever is wrong, libgit2 finds it too and tells.
        guard let index = try? OpenFile.open("\(path).idx"), let file = try? OpenFile.open("\(path).pack"),
            let indexStatus = try? index.status(), let status = try? file.status(),
            indexStatus.st_size >= Self.fanoutEnd,
            let memory = mmap(nil, Int(indexStatus.st_size), PROT_READ, MAP_PRIVATE, index.descriptor, 0),
            memory != MAP_FAILED
        else { return nil }
        self.index = UnsafeRawBufferPointer(start: memory, count: Int(indexStatus.st_size))
        self.file = file
        size = Int64(status.st_size)
        count = Int(Self.number(self.index, at: Self.fanoutEnd - 4))
        let isKnown = Self.number(self.index, at: 0) == 0xff74_4f63 && Self.number(self.index, at: 4) == 2
        guard isKnown, self.index.count >= Self.fanoutEnd + count * (Self.idSize + 8) + 2 * Self.idSize else {
            return nil
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: index.baseAddress), index.count) }

    /// Where an object begins; nil when it is not in this pack.
    func offset(of id: GitObjectID) -> Int64? {
        let first = Int(id.firstByte)
        var low = first == 0 ? 0 : Int(Self.number(index, at: 8 + (first - 1) * 4))
        var high = Int(Self.number(index, at: 8 + first * 4))
        guard low <= high, high <= count else { return nil }
        while low < high {
            let middle = (low + high) / 2
            let start = Self.fanoutEnd + middle * Self.idSize
            guard let other = GitObjectID(UnsafeRawBufferPointer(rebasing: index[start..<start + Self.idSize])) else {
                return nil
            }
            if other == id { return place(of: middle) }
            if other < id { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// What is at an offset.
    ///
    /// - Returns: nil for an object that is not stored whole.
    func entry(at offset: Int64) -> Entry? {
        // As above: libgit2 tells what is wrong.
        guard let bytes = try? file.bytes(at: offset, count: Self.mostHeader), let first = bytes.first else {
            return nil
        }
        let kind: GitObjects.Kind
        switch first >> 4 & 7 {
        case 1: kind = .commit
        case 2: kind = .tree
        case 3: kind = .blob
        default: return nil
        }
        var size = Int(first & 15), shift = 4, position = 0
        while bytes[position] & 0x80 != 0 {
            position += 1
            guard position < bytes.count, shift < 46 else { return nil }
            size |= Int(bytes[position] & 0x7f) << shift
            shift += 7
        }
        return Entry(kind: kind, size: size, start: offset + Int64(position) + 1)
    }

    /// Decompresses an object.
    ///
    /// - Returns: nil when libgit2 has to do it.
    func content(_ entry: Entry, with inflater: GitInflater) -> UnsafeRawBufferPointer? {
        let left = Int(clamping: size - Self.trailer - entry.start)
        // More than anything grows by; and first what most texts shrink to.
        let bound = min(entry.size + entry.size / 256 + 64, left)
        for length in Set([min(entry.size / 2 + 512, bound), bound]).sorted() {
            guard length > 0 else { continue }
            if let content = inflater.content(of: file, at: entry.start, length: length, size: entry.size) {
                return content
            }
        }
        return nil
    }

    private func place(of position: Int) -> Int64? {
        let offsets = Self.fanoutEnd + count * (Self.idSize + 4)
        let offset = Self.number(index, at: offsets + position * 4)
        guard offset & 0x8000_0000 != 0 else { return Int64(offset) }
        let large = offsets + count * 4 + Int(offset & 0x7fff_ffff) * 8
        guard large + 8 <= index.count else { return nil }
        return Int64(Self.number(index, at: large)) << 32 | Int64(Self.number(index, at: large + 4))
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian
    }
}
