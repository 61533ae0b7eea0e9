import CLinux
import Glibc
import SheafSystem

/// One pack of git with its index, of which objects are read that are stored whole or as a difference to such a one.
///
/// Longer chains of differences, for which libgit2 keeps what it has read, and whatever looks strange are left to it. The format is
/// that of git's `Documentation/gitformat-pack.txt`: an index of version 2 and a pack of version 2.
final class GitPack: @unchecked Sendable {
    // Safe to send: the mapped memory is only read, and unmapped when nobody uses the value any more.

    /// What an object begins with in a pack.
    private struct Entry {
        enum Form {
            case whole(GitObjects.Kind)
            /// A difference to the object at this offset.
            case difference(Int64)
        }

        let form: Form
        /// Of the content, or of the difference.
        let size: Int
        /// Where the compressed content begins.
        let start: Int64
    }

    /// How many differences are applied here to come to an object.
    private static let mostDifferences = 2

    private static let idSize = GitObjectID.count
    private static let fanoutEnd = 8 + 256 * 4
    /// The checksum at a pack's end.
    private static let trailer: Int64 = 20
    /// Type, size and offset of an object take no more.
    private static let mostHeader = 24

    private let index: UnsafeRawBufferPointer
    private let count: Int
    private let file: OpenFile
    private let size: Int64

    /// Opens a pack; nil for one that libgit2 has to read.
    ///
    /// - Parameter path: Of the pack without its ending.
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

    /// The size of the object at an offset; nil for one that is not stored whole.
    func size(at offset: Int64) -> Int64? {
        guard let entry = entry(at: offset), case .whole = entry.form else { return nil }
        return Int64(entry.size)
    }

    /// The blob at an offset, to be read in pieces; nil for one that is not stored whole.
    func large(at offset: Int64) -> GitLargeObject? {
        guard let entry = entry(at: offset), case .whole(.blob) = entry.form, entry.start < size - Self.trailer else {
            return nil
        }
        let range = entry.start..<(size - Self.trailer)
        return GitLargeObject(file: file, range: range, header: [], size: Int64(entry.size))
    }

    /// Reads the object at an offset.
    ///
    /// - Returns: Unproven bytes, until the inflater is used again; nil when libgit2 has to read it.
    func content(at offset: Int64, _ kind: GitObjects.Kind, with inflater: GitInflater) -> UnsafeRawBufferPointer? {
        content(at: offset, kind, with: inflater, differences: 0)
    }

    private func content(
        at offset: Int64,
        _ kind: GitObjects.Kind,
        with inflater: GitInflater,
        differences: Int
    ) -> UnsafeRawBufferPointer? {
        guard let entry = entry(at: offset) else { return nil }
        switch entry.form {
        case .whole(let found): return found == kind ? inflated(entry, with: inflater) : nil
        case .difference(let base):
            guard differences < Self.mostDifferences,
                let bytes = content(at: base, kind, with: inflater, differences: differences + 1)
            else { return nil }
            // Copied, because the difference goes where these are.
            let copy = Array(bytes)
            guard let difference = inflated(entry, with: inflater) else { return nil }
            return inflater.applying(difference, to: copy)
        }
    }

    private func entry(at offset: Int64) -> Entry? {
        // As above: libgit2 tells what is wrong.
        guard let bytes = try? file.bytes(at: offset, count: Self.mostHeader), let first = bytes.first else {
            return nil
        }
        var size = Int(first & 15), shift = 4, position = 1
        while bytes[position - 1] & 0x80 != 0 {
            guard position < bytes.count, shift < 46 else { return nil }
            size |= Int(bytes[position] & 0x7f) << shift
            shift += 7
            position += 1
        }
        let form: Entry.Form
        switch first >> 4 & 7 {
        case 1: form = .whole(.commit)
        case 2: form = .whole(.tree)
        case 3: form = .whole(.blob)
        case 6:
            // How far back the other object is: seven bits a byte, one added for each byte that follows.
            var distance: Int64 = -1
            repeat {
                guard position < bytes.count, distance < 1 << 46 else { return nil }
                distance = (distance + 1) << 7 | Int64(bytes[position] & 0x7f)
                position += 1
            } while bytes[position - 1] & 0x80 != 0
            guard distance > 0, distance < offset else { return nil }
            form = .difference(offset - distance)
        default: return nil
        }
        return Entry(form: form, size: size, start: offset + Int64(position))
    }

    private func inflated(_ entry: Entry, with inflater: GitInflater) -> UnsafeRawBufferPointer? {
        let left = Int(clamping: size - Self.trailer - entry.start)
        // More than anything grows by; and first what most texts shrink to.
        let bound = min(entry.size + entry.size / 256 + 64, left)
        let first = min(entry.size / 2 + 512, bound)
        guard first > 0 else { return nil }
        if let content = inflater.content(of: file, at: entry.start, length: first, size: entry.size) { return content }
        return first < bound ? inflater.content(of: file, at: entry.start, length: bound, size: entry.size) : nil
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
