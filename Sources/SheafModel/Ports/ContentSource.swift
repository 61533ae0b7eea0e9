/// Content by digest.
package protocol ContentSource: Sendable {
    /// The bytes of a blob, proven to have that digest.
    ///
    /// - Throws: A `SheafError` when the blob is missing, damaged or unreadable.
    func content(_ digest: Digest) throws -> [UInt8]

    /// Whether a blob is there; its bytes are not looked at.
    func holds(_ digest: Digest) -> Bool
}

extension ContentSource {
    /// What can be read is there.
    package func holds(_ digest: Digest) -> Bool {
        // Whatever the reason is that it cannot be read, nobody can use it.
        (try? content(digest)) != nil
    }
}

/// A store that keeps content by digest.
package protocol ContentStore: ContentSource {
    /// Keeps bytes durably and gives their digest; keeping the same bytes again is no work.
    ///
    /// - Throws: A `SheafError` when the disk refuses.
    @discardableResult
    func keep(_ bytes: [UInt8]) throws -> Digest
}
