import SheafModel

/// What the bytes of an earlier archive were, so that an equal one need not be digested again.
///
/// It is kept like a frame, under a key made of everything that decides the archive's bytes: the first and the last
/// frame themselves, and the keys and sizes of those between. The frames are proven when they are copied.
struct ArchiveRecord: Equatable {
    let digest: SheafModel.Digest
    /// Of the archive, in bytes.
    let size: Int64

    init(_ archive: (digest: SheafModel.Digest, size: Int64)) { (digest, size) = archive }

    /// Takes what `bytes` gave; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == ContentHash.size + MemoryLayout<Int64>.size else { return nil }
        let parts = bytes.withUnsafeBytes { bytes in
            (
                SheafModel.Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<ContentHash.size])),
                bytes.loadUnaligned(fromByteOffset: ContentHash.size, as: Int64.self).littleEndian
            )
        }
        guard let digest = parts.0 else { return nil }
        (self.digest, size) = (digest, parts.1)
    }

    /// What is kept.
    var bytes: [UInt8] { digest.bytes + withUnsafeBytes(of: size.littleEndian) { Array($0) } }

    /// The key of an archive's record; nil where a frame has no key of its own, because it could not be kept.
    static func key(head: [UInt8], frames: [PackSession.Frame], tail: [UInt8]) -> SheafModel.Digest? {
        var hash = ContentHash()
        hash.add("sheaf archive 1\n")
        for part in [head, tail] {
            hash.add(Int64(part.count))
            hash.add(part)
        }
        for frame in frames {
            guard case .kept(let key) = frame.place else { return nil }
            hash.add(key.hex)
            hash.add(frame.size)
        }
        return hash.digest
    }
}
