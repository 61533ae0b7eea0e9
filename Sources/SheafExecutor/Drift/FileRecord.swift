import SheafModel
import SheafSupervision

/// What Sheaf has written into the folder of an incarnation: the file `files` in it.
///
/// It is written before the launch plan, so that an incarnation that is complete has it. One that an older Sheaf has
/// made has none; of its files nothing can be said.
struct FileRecord: Hashable, Sendable {
    struct File: Hashable, Sendable {
        /// From the incarnation's folder.
        var path: String
        var mode: UInt32
        var digest: Digest
    }

    struct Folder: Hashable, Sendable {
        var path: String
        var mode: UInt32
    }

    var folders: [Folder] = []
    var files: [File] = []

    private static let header = EscapedLines.Line("sheaf-files", "1")

    /// As the bytes of the file.
    var encoded: [UInt8] {
        EscapedLines.encode(
            [Self.header]
                + folders.map { .init("folder", "\(Self.text($0.mode)) \($0.path)") }
                + files.map { .init("file", "\(Self.text($0.mode)) \($0.digest.hex) \($0.path)") }
        )
    }

    init() {}

    /// Reads what `encoded` gave.
    ///
    /// - Throws: `FormatError` for another format.
    init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no record of files of format 1") }
        for line in lines.dropFirst() {
            let words = line.value.split(separator: " ", maxSplits: line.key == "file" ? 2 : 1).map(String.init)
            guard let first = words.first, let mode = UInt32(first, radix: 8) else {
                throw FormatError("a record of a file has no mode")
            }
            switch (line.key, words.count) {
            case ("folder", 2): folders.append(Folder(path: words[1], mode: mode))
            case ("file", 3):
                guard let digest = Digest("sha256:\(words[1])") else { throw FormatError("a file has no digest") }
                files.append(File(path: words[2], mode: mode, digest: digest))
            default: throw FormatError("unknown line '\(line.key)'")
            }
        }
    }

    private static func text(_ mode: UInt32) -> String { String(mode, radix: 8) }
}
