/// A key at the end of a comment whose line break was lost: `# Meta sectionname: web`.
enum SwallowedKey {
    /// Words that end a comment about the key that follows it.
    private static let lastWords: Set<String> = [
        "section", "sections", "specification", "specifications", "spec", "specific", "block", "details", "detail",
        "config", "configuration", "configurations", "properties", "property", "settings", "definition", "definitions",
        "information", "info", "metadata", "attributes", "here", "below", "fields", "field", "parameters", "optional",
        "mandatory", "required", "manifest", "resource", "value", "values",
    ]

    /// Finds a key that is glued to the last word of a comment.
    ///
    /// - Parameters:
    ///   - comment: The bytes from the `#` on.
    ///   - bytes: The text.
    /// - Returns: The bytes of the key.
    static func find(in comment: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var at = comment.lowerBound + 1
        var words = 0
        while at < comment.upperBound {
            while at < comment.upperBound, bytes[at] == .space { at += 1 }
            let start = at
            while at < comment.upperBound, bytes[at] != .space { at += 1 }
            if words > 0, at - start > 4, bytes[at - 1] == .colon, let key = key(in: start..<at - 1, bytes) {
                return key
            }
            words += 1
        }
        return nil
    }

    /// The key at the end of a word that begins with one of the words that end a comment.
    private static func key(in word: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard word.count < 60 else { return nil }
        let text = Array(bytes[word])
        for length in 4..<max(4, text.count) {
            let head = String(decoding: text[..<length], as: UTF8.self)
            let tail = String(decoding: text[length...], as: UTF8.self)
            guard lastWords.contains(head.lowercased()), FamiliarKeys.contains(tail) else { continue }
            return word.lowerBound + length..<word.upperBound
        }
        return nil
    }

    static func finding(_ key: Range<Int>, _ name: String) -> TextFinding {
        TextFinding(
            .swallowedKey,
            "the comment swallows the key '\(name)': the line break before it is lost",
            at: key,
            help: "begin a new line before '\(name):'"
        )
    }
}
