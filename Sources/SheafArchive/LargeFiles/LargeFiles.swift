/// What a source has of files that git LFS keeps.
package struct LargeFiles: Sendable {
    /// Pointers that are packed as they are, because that was asked for.
    package internal(set) var pointers: [MemberPath] = []
    /// Files whose content is not on this machine; reading one of them is an error.
    package internal(set) var missing: [MemberPath] = []

    /// There are none.
    init() {}

    /// Refuses a source of which the content is not complete.
    ///
    /// - Throws: `ArchiveError` of kind `lfsPointer`.
    package func refuseMissing() throws {
        guard missing.isEmpty else { throw LargeFileStore.missing(missing) }
    }

    /// Takes a pointer for what it stands for, or for itself.
    ///
    /// - Returns: Nil for a file that is packed as it is.
    mutating func member(
        _ path: MemberPath,
        _ kind: SourceMember.Kind,
        pointer: LargeFilePointer,
        in store: LargeFileStore?,
        options: SourceChoices
    ) -> SourceMember? {
        guard !options.keepsPointers else {
            pointers.append(path)
            return nil
        }
        let file = store?.file(of: pointer)
        if file == nil { missing.append(path) }
        return SourceMember(path: path, kind: kind, size: pointer.size, origin: .large(pointer.digest, file: file))
    }

    /// Adds what another part of the source has.
    mutating func add(_ other: LargeFiles) {
        pointers += other.pointers
        missing += other.missing
    }
}
