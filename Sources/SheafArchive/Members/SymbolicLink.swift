/// The target of a symbolic link, as a source stores it.
enum SymbolicLink {
    /// Reads the bytes of a target.
    ///
    /// - Throws: `ArchiveError` of kind `invalidName` unless they are UTF-8 without a zero byte.
    static func target(_ bytes: [UInt8], of path: MemberPath) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.isEmpty, !bytes.contains(0) else {
            throw ArchiveError(
                .invalidName,
                "the link \(EscapedText.of(path.text)) points to \(EscapedText.of(bytes)), which is no UTF-8 name",
                hint: "rename what it points to: an archive must read the same on every machine"
            )
        }
        return text
    }
}
