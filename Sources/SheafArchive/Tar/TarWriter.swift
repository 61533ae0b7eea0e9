import Clibarchive
import Glibc
import SheafModel

/// Writes a pax tar into memory, member by member.
///
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

    private let archive: OpaquePointer
    private let sink = Sink()

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

    /// Begins a member.
    ///
    /// - Returns: The header.
    func begin(_ path: String, kind: SourceMember.Kind, size: Int64) throws -> [UInt8] {
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
        // A warning here means a name that was not written as given.
        try Self.check(archive_write_header(archive, entry), of: archive)
        return take()
    }

    /// Writes content of the member that was begun.
    func content(_ bytes: [UInt8]) throws -> [UInt8] {
        let written = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw Self.failure(Self.reason(of: archive)) }
        return take()
    }

    /// Ends the member.
    ///
    /// - Returns: Zeros up to the next block.
    func end() throws -> [UInt8] {
        try Self.check(archive_write_finish_entry(archive), of: archive)
        return take()
    }

    /// Ends the archive.
    ///
    /// - Returns: The two empty blocks that say so.
    func finish() throws -> [UInt8] {
        try Self.check(archive_write_close(archive), of: archive)
        return take()
    }

    private func take() -> [UInt8] {
        defer { sink.bytes = [] }
        return sink.bytes
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
