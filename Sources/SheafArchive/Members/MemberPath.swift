/// The path of a file in a bundle: relative, with `/`, valid UTF-8, compared and ordered byte for byte.
///
/// Not a `String`, because Swift holds composed and decomposed letters for equal, and file systems do not.
package struct MemberPath: Sendable, CustomStringConvertible {
    /// The path as text.
    package let text: String

    /// Takes bytes that a file system, a git tree or an archive gives.
    ///
    /// - Throws: `ArchiveError` of kind `invalidName`, `absolutePath`, `pathEscapesRoot` or `tooLarge`.
    init(_ bytes: [UInt8], limits: ArchiveLimits = .standard) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ArchiveError(
                .invalidName,
                "the name \(EscapedText.of(bytes)) is not UTF-8",
                hint: "rename the file: an archive must read the same on every machine"
            )
        }
        try self.init(text, limits: limits)
    }

    /// Parses a path.
    ///
    /// - Throws: `ArchiveError` of kind `invalidName`, `absolutePath`, `pathEscapesRoot` or `tooLarge`.
    package init(_ text: String, limits: ArchiveLimits = .standard) throws {
        let shown = EscapedText.of(text)
        guard text.utf8.first != UInt8(ascii: "/") else {
            throw ArchiveError(.absolutePath, "the path \(shown) is absolute", hint: "paths start at the bundle's root")
        }
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            if component.elementsEqual("..".utf8) {
                throw ArchiveError(
                    .pathEscapesRoot,
                    "the path \(shown) contains '..'",
                    hint: "paths start at the bundle's root"
                )
            }
            if component.isEmpty || component.elementsEqual(".".utf8) || component.contains(0) {
                throw ArchiveError(.invalidName, "the path '\(shown)' has an empty or meaningless part")
            }
            if component.count == 4, String(component)?.lowercased() == ".git" {
                throw ArchiveError(.invalidName, "the path \(shown) lies in a git directory", hint: "remove it")
            }
        }
        guard text.utf8.count <= limits.pathBytes, components.count <= limits.pathDepth else {
            throw ArchiveError(
                .tooLarge,
                "the path \(shown) is longer than \(limits.pathBytes) bytes or deeper than \(limits.pathDepth) folders"
            )
        }
        self.text = text
    }

    package var description: String { text }

    /// The folder, such as `a/b` for `a/b/c`; nil at the root.
    var folder: Substring.UTF8View? {
        text.utf8.lastIndex(of: UInt8(ascii: "/")).map { text.utf8[..<$0] }
    }

    /// The parts between the slashes.
    var components: [String] { text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) } }
}

extension MemberPath: Hashable, Comparable {
    package static func == (left: MemberPath, right: MemberPath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package static func < (left: MemberPath, right: MemberPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xff))
    }
}
