import Clibarchive
import Glibc
import SheafModel

/// Reads the members of a tar archive from a source of bytes, in order.
///
/// All of it has to run under `ThreadLocale.plain`.
final class TarReader {
    private typealias ReadCallback =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int

    private let archive: OpaquePointer
    private let source: Source

    /// Hands bytes to libarchive, which asks for them through a C function, and keeps an error for later.
    private final class Source {
        let next: () throws -> [UInt8]
        var failure: (any Error)?
        private(set) var isAtEnd = false
        /// What was handed over last, for those who want to see a header as it is, and some of what came before.
        private var current: [UInt8] = []
        private var older: [UInt8] = []
        /// Where `current` ends.
        private var given: Int64 = 0
        private let mostKept: Int
        /// The bytes that libarchive may use until it asks again.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readingChunk, alignment: 16)

        init(mostKept: Int, _ next: @escaping () throws -> [UInt8]) {
            self.mostKept = mostKept
            self.next = next
        }

        deinit { buffer.deallocate() }

        /// Takes the next bytes and keeps enough of those before.
        func take() throws -> [UInt8] {
            let bytes = try next()
            isAtEnd = bytes.isEmpty
            given += Int64(bytes.count)
            // Pieces may be as small as a byte; a large one is kept as it is, which copies nothing.
            if current.count >= mostKept {
                older = current
            } else {
                if older.count > 2 * mostKept { older.removeFirst(older.count - mostKept) }
                older += current
            }
            current = bytes
            return bytes
        }

        /// Bytes that were handed over; nil when they are too many or too long ago.
        func bytes(_ range: Range<Int64>) -> [UInt8]? {
            let middle = given - Int64(current.count)
            let start = middle - Int64(older.count)
            guard range.count <= mostKept, range.lowerBound >= start, range.upperBound <= given else { return nil }
            let before = older.suffix(Int(max(middle - range.lowerBound, 0)))
            let after = current.dropFirst(Int(max(range.lowerBound - middle, 0)))
            return Array((Array(before) + after.prefix(max(range.count - before.count, 0))).prefix(range.count))
        }
    }

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - mostHeaderBytes: How long the headers of one member may be to be seen.
    ///   - next: Gives the next bytes, at most `readingChunk`, and none at the end. An error that it throws
    ///     comes out of the reader's call unchanged.
    /// - Throws: `ArchiveError` of kind `internalFailure`, and what `next` throws.
    init(mostHeaderBytes: Int, _ next: @escaping () throws -> [UInt8]) throws {
        guard let archive = archive_read_new() else {
            throw ArchiveError(.internalFailure, "no memory to read an archive", failureClass: .refused)
        }
        self.archive = archive
        source = Source(mostKept: mostHeaderBytes, next)
        let read: ReadCallback = { _, context, start in
            guard let context, let start else { return Int(ARCHIVE_FATAL) }
            let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
            do {
                let bytes = try source.take()
                bytes.withUnsafeBytes { source.buffer.copyMemory(from: $0) }
                start.pointee = UnsafeRawPointer(source.buffer.baseAddress)
                return bytes.count
            } catch {
                source.failure = error
                return Int(ARCHIVE_FATAL)
            }
        }
        try check(archive_read_support_format_tar(archive))
        let context = Unmanaged.passUnretained(source).toOpaque()
        try check(archive_read_open(archive, context, nil, read, nil))
    }

    deinit { archive_read_free(archive) }

    /// How many bytes the members and the mark at the end have taken so far.
    var position: Int64 { archive_filter_bytes(archive, 0) }

    /// Everything from a place to where the content of the current member begins; nil when that is too much.
    func header(from start: Int64) -> [UInt8]? { start < position ? source.bytes(start..<position) : nil }

    /// The next member's header; nil at the end of the archive.
    func next() throws -> TarEntry? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF { return nil }
        // Under the plain locale every name that is not ASCII gives a warning, and is handed over unchanged. What it
        // says is not relied on: the caller compares all that matters with the archive's own table.
        if code != ARCHIVE_WARN { try check(code) }
        guard let entry, let name = archive_entry_pathname(entry) else {
            throw ArchiveError(.malformedTar, "the archive has a member without a name")
        }
        return TarEntry(
            path: Self.bytes(name),
            kind: kind(of: entry),
            size: archive_entry_size(entry),
            mode: UInt16(truncatingIfNeeded: archive_entry_perm(entry)),
            isPlain: Self.isPlain(entry),
            isSparse: archive_entry_sparse_count(entry) != 0
        )
    }

    /// Reads the content of the member; empty at its end.
    func content() throws -> [UInt8] {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let code = archive_read_data_block(archive, &start, &count, &offset)
        if code == ARCHIVE_EOF { return [] }
        try check(code)
        guard count > 0 else { return try content() }
        // Holes would be skipped; a member that has any is no plain one, and was refused with its header.
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func kind(of entry: OpaquePointer) -> TarEntry.Kind {
        if archive_entry_hardlink(entry) != nil { return .hardLink }
        let type = UInt32(archive_entry_filetype(entry))
        if type == FileType.regular.rawValue { return .file }
        if type == FileType.folder.rawValue { return .folder }
        guard type == FileType.link.rawValue, let target = archive_entry_symlink(entry) else { return .special }
        return .link(target: Self.bytes(target))
    }

    private static func isPlain(_ entry: OpaquePointer) -> Bool {
        let names = [archive_entry_uname(entry), archive_entry_gname(entry)]
        return archive_entry_mtime(entry) == 0 && archive_entry_mtime_nsec(entry) == 0
            && archive_entry_atime_is_set(entry) == 0 && archive_entry_ctime_is_set(entry) == 0
            && archive_entry_uid(entry) == 0 && archive_entry_gid(entry) == 0
            && names.allSatisfy { $0.map { $0.pointee == 0 } ?? true }
            && archive_entry_xattr_count(entry) == 0
            && archive_entry_acl_types(entry) == 0
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }

    /// Turns every code but success into an error, at once.
    private func check(_ code: Int32) throws {
        if let failure = source.failure { throw failure }
        guard code != ARCHIVE_OK else { return }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        // libarchive has no code for it; it asks for more than there is in no other case.
        if source.isAtEnd {
            throw ArchiveError(.truncated, "the archive ends in the middle of a member", hint: "copy or pull it again")
        }
        throw ArchiveError(.malformedTar, "the archive holds no well-formed tar: \(EscapedText.of(reason))")
    }
}
