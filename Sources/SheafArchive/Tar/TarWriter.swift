import Clibarchive
import Glibc
import SheafModel

/// Writes a pax tar into memory, member by member.
///
/// What was written stays in `written` until `clear` is called.
/// All of it has to run under `ThreadLocale.utf8`.
final class TarWriter {
    /// Collects what libarchive writes, until it is taken.
    private final class Sink {
        var bytes: [UInt8] = []
    }

    private typealias WriteCallback =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int

    /// What a tar archive is made of.
    static let blockSize = 512

    /// What stands in the keys of kept frames for the library that writes the headers.
    static var recipe: String { "libarchive \(archive_version_number())" }

    private let archive: OpaquePointer
    private let sink = Sink()
    /// Whether a member was begun and not ended: libarchive would fill it with zeros before the next.
    private(set) var isInMember = false

    /// How much was written since the last call of `clear`.
    var count: Int { sink.bytes.count }

    /// Forgets what was written; the memory is kept for what comes next.
    func clear() { sink.bytes.removeAll(keepingCapacity: true) }

    /// Gives what was written to a body.
    func withWritten<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try sink.bytes.withUnsafeBytes(body)
    }

    init() throws {
        guard let archive = archive_write_new() else { throw Self.failure("no memory") }
        self.archive = archive
        // "Restricted" writes the extended header only where a name or a size needs one.
        try Self.check(archive_write_set_format_pax_restricted(archive), of: archive)
        try Self.check(archive_write_add_filter_none(archive), of: archive)
        // Zero: every byte goes to the sink at once, so that a frame can end after any member.
        try Self.check(archive_write_set_bytes_per_block(archive, 0), of: archive)
        let write: WriteCallback = { _, context, buffer, count in
            guard let context, let buffer else { return 0 }
            let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
            sink.bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: count))
            return count
        }
        let context = Unmanaged.passUnretained(sink).toOpaque()
        try Self.check(archive_write_open(archive, context, nil, write, nil), of: archive)
    }

    deinit { archive_write_free(archive) }

    /// Begins a member with its header.
    func begin(_ path: String, kind: SourceMember.Kind, size: Int64) throws {
        guard let entry = archive_entry_new() else { throw Self.failure("no memory") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, path)
        archive_entry_set_mtime(entry, 0, 0)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        archive_entry_set_uname(entry, "")
        archive_entry_set_gname(entry, "")
        switch kind {
        case .file(let isExecutable):
            archive_entry_set_filetype(entry, FileType.regular.rawValue)
            archive_entry_set_perm(entry, isExecutable ? 0o755 : 0o644)
            archive_entry_set_size(entry, size)
        case .link(let target):
            archive_entry_set_filetype(entry, FileType.link.rawValue)
            archive_entry_set_perm(entry, 0o777)
            archive_entry_set_size(entry, 0)
            archive_entry_set_symlink(entry, target)
        }
        isInMember = true
        // A warning here means a name that was not written as given.
        try Self.check(archive_write_header(archive, entry), of: archive)
    }

    /// Writes content of the member that was begun.
    func content(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        let written = archive_write_data(archive, bytes.baseAddress, bytes.count)
        guard written == bytes.count else { throw Self.failure(Self.reason(of: archive)) }
    }

    /// Ends the member with zeros up to the next block.
    func end() throws {
        try Self.check(archive_write_finish_entry(archive), of: archive)
        isInMember = false
    }

    /// Ends the archive with two empty blocks.
    func finish() throws {
        try Self.check(archive_write_close(archive), of: archive)
    }

    private static func check(_ code: Int32, of archive: OpaquePointer) throws {
        guard code == ARCHIVE_OK else { throw failure(reason(of: archive)) }
    }

    private static func reason(of archive: OpaquePointer) -> String {
        archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    }

    private static func failure(_ reason: String) -> ArchiveError {
        ArchiveError(.internalFailure, "libarchive cannot write a member: \(reason)", failureClass: .refused)
    }
}
