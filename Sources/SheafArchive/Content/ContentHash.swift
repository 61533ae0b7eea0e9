import SheafModel

import struct Crypto.SHA256

/// Digests content that comes in pieces, and counts it.
struct ContentHash {
    private var hash = SHA256()
    private(set) var count: Int64 = 0

    mutating func add(_ piece: [UInt8]) {
        hash.update(data: piece)
        count += Int64(piece.count)
    }

    /// The digest of all pieces so far.
    var digest: SheafModel.Digest { SheafModel.Digest(hash.finalize()) }
}
