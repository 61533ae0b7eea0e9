import Glibc
import SheafModel

/// The path of a file in a bundle: relative, with `/`, valid UTF-8, compared and ordered byte for byte.
///
/// Not a `String`, because Swift holds composed and decomposed letters for equal, and file systems do not.
package struct MemberPath: Sendable, CustomStringConvertible {
    /// The path as text.
    package let text: String

    /// Takes bytes that a file system, a git tree or an archive gives.
    ///
    /// - Throws: `ArchiveError` of kind `invalidName`, `unprintableName`, `absolutePath`, `pathEscapesRoot`,
    ///   `pathTooLong` or `pathTooDeep`.
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
    /// - Throws: `ArchiveError` of kind `invalidName`, `unprintableName`, `absolutePath`, `pathEscapesRoot`,
    ///   `pathTooLong` or `pathTooDeep`.
    package init(_ text: String, limits: ArchiveLimits = .standard) throws {
        let shown = { EscapedText.of(text) }
        guard text.utf8.first != UInt8(ascii: "/") else {
            throw ArchiveError(
                .absolutePath,
                "the path \(shown()) is absolute",
                hint: "paths start at the bundle's root"
            )
        }
        guard text.utf8.count <= limits.pathBytes else {
            throw limits.exceeded(.pathBytes, by: "the path \(shown())", found: Int64(text.utf8.count))
        }
        var depth = 0
        // One pass over bytes that lie together: a bundle may have 200,000 paths.
        var bytes = text
        try bytes.withUTF8 { bytes in
            var start = 0
            for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: "/") {
                try Self.check(UnsafeBufferPointer(rebasing: bytes[start..<end]), of: shown)
                depth += 1
                start = end + 1
            }
        }
        guard depth <= limits.pathDepth else {
            throw limits.exceeded(.pathDepth, by: "the path \(shown())", found: Int64(depth))
        }
        guard Self.isPrintable(text) else {
            throw ArchiveError(
                .unprintableName,
                "the path \(shown()) has characters that control a terminal or hide how it reads",
                hint: "rename the file, or name it in .sheafignore"
            )
        }
        self.text = text
    }

    private static func check(_ part: UnsafeBufferPointer<UInt8>, of shown: () -> String) throws {
        if part.count == 2, part[0] == UInt8(ascii: "."), part[1] == UInt8(ascii: ".") {
            throw ArchiveError(
                .pathEscapesRoot,
                "the path \(shown()) contains '..'",
                hint: "paths start at the bundle's root"
            )
        }
        if part.isEmpty || (part.count == 1 && part[0] == UInt8(ascii: ".")) || part.contains(0) {
            throw ArchiveError(.invalidName, "the path '\(shown())' has an empty or meaningless part")
        }
        if part.count == 4, String(decoding: part, as: UTF8.self).lowercased() == ".git" {
            throw ArchiveError(.invalidName, "the path \(shown()) lies in a git directory", hint: "remove it")
        }
    }

    /// Whether a name has no control characters, line separators, and marks and controls of text direction.
    private static func isPrintable(_ text: String) -> Bool {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }) else { return true }
        return !text.unicodeScalars.contains(where: PrintableText.isUnsafe)
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
    package static func == (left: MemberPath, right: MemberPath) -> Bool { compare(left, right) == 0 }

    package static func < (left: MemberPath, right: MemberPath) -> Bool { compare(left, right) < 0 }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    private static func compare(_ left: MemberPath, _ right: MemberPath) -> Int {
        var (first, second) = (left.text, right.text)
        return first.withUTF8 { first in
            second.withUTF8 { second in
                guard let one = first.baseAddress, let other = second.baseAddress else {
                    return first.count - second.count
                }
                let order = Int(memcmp(one, other, min(first.count, second.count)))
                return order == 0 ? first.count - second.count : order
            }
        }
    }
}
