import SheafModel
import SheafSupervision

/// Which images the processes of one incarnation run, as a file that outlives it.
///
/// A name may stand for another image tomorrow, and a rollback still has to run the one of then. Of the names only
/// digests are kept: they are compared, and whatever stands in a manifest may be a secret.
struct ImageRecord: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var process: String
        var name: Digest
        var image: ResolvedImage
    }

    var entries: [Entry] = []

    private static let header = EscapedLines.Line("sheaf-images", "1")

    init() {}

    /// What a process ran; nil when it ran nothing, or something of another name.
    func image(of process: String, named name: String) -> ResolvedImage? {
        let digest = Digest(of: Array(name.utf8))
        return entries.first { $0.process == process && $0.name == digest }?.image
    }

    /// Notes what a process is to run.
    mutating func add(_ image: ResolvedImage, of process: String, named name: String) {
        entries.append(Entry(process: process, name: Digest(of: Array(name.utf8)), image: image))
    }

    /// As the bytes of the file.
    var encoded: [UInt8] {
        EscapedLines.encode(
            [Self.header]
                + entries.map { entry in
                    let source = entry.image.source ?? Self.nowhere
                    return .init("image", "\(entry.name.hex) \(entry.image.id) \(source) \(entry.process)")
                }
        )
    }

    /// Reads what `encoded` gave.
    ///
    /// - Throws: `FormatError` for another format.
    init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no record of images of format 1") }
        for line in lines.dropFirst() {
            let words = line.value.split(separator: " ", maxSplits: 3).map(String.init)
            guard line.key == "image", words.count == 4, let name = Digest("sha256:\(words[0])") else {
                throw FormatError("a line of a record of images is not known")
            }
            let source = words[2] == Self.nowhere ? nil : words[2]
            entries.append(Entry(process: words[3], name: name, image: ResolvedImage(id: words[1], source: source)))
        }
    }

    private static let nowhere = "-"
}
