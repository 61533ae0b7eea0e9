import SheafModel
import SheafSystem

extension PackSession {
    /// The first frame of an archive, from the cache where an earlier one had the same.
    ///
    /// - Parameters:
    ///   - content: What it holds.
    ///   - recipe: What decides how that is compressed.
    ///   - make: Compresses it.
    /// - Throws: What `make` throws.
    /// - Returns: The frame's bytes.
    func head(of content: UnsafeRawBufferPointer, recipe: String, _ make: () throws -> [UInt8]) throws -> [UInt8] {
        guard let cache else { return try make() }
        var hash = ContentHash()
        hash.add("sheaf head 1\n\(recipe)\n")
        hash.add(content)
        let key = hash.digest
        if let kept = cache.frames.content(key) { return kept }
        let made = try make()
        keep(made, as: key)
        return made
    }

    /// What is known of an archive of these frames.
    func record(head: [UInt8], frames: [Frame], tail: [UInt8]) -> ArchiveRecord? {
        guard let cache, let key = ArchiveRecord.key(head: head, frames: frames, tail: tail) else { return nil }
        return cache.frames.content(key).flatMap { ArchiveRecord($0) }
    }

    /// Leaves to later packs what an archive is.
    func keep(_ record: ArchiveRecord, head: [UInt8], frames: [Frame], tail: [UInt8]) {
        guard let key = ArchiveRecord.key(head: head, frames: frames, tail: tail) else { return }
        keep(record.bytes, as: key)
    }

    private func keep(_ bytes: [UInt8], as key: SheafModel.Digest) {
        guard let cache, mayKeep(Int64(bytes.count)) else { return }
        do throws(SystemError) {
            try cache.frames.keep(bytes, as: key)
            noteKept(Int64(bytes.count))
        } catch {
            give(up: error)
        }
    }
}
