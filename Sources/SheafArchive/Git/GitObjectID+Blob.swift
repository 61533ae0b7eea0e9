import Crypto

extension GitObjectID {
    /// The id that a file's content has in git.
    ///
    /// - Parameters:
    ///   - size: Of the content in bytes; of another one the id would be wrong.
    ///   - body: Passes the content on, in pieces.
    /// - Returns: Nil only where a digest is not what it should be.
    static func blob(
        size: Int64,
        _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) rethrows -> GitObjectID? {
        var hash = Insecure.SHA1()
        Array("blob \(size)\0".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        try body { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { GitObjectID($0) }
    }
}
