/// What a template wrote, with where in the template each part comes from.
struct RenderedText: Sendable {
    /// A stretch of the text that comes from one place.
    private struct Segment: Sendable {
        /// Offset in the UTF-8 of the text.
        var start: Int
        /// Offsets in the template.
        var source: Range<Int>
        /// Whether the template's own text was copied, not the value of an action.
        var isCopied: Bool
    }

    /// A value that was missing where the template printed it.
    struct Gap: Sendable {
        var range: Range<Int>
        var reason: String
    }

    private(set) var text = ""
    private(set) var gaps: [Gap] = []
    private var segments: [Segment] = []

    /// Copies a part of the template.
    mutating func copy(_ part: String, from source: Range<Int>) {
        segments.append(Segment(start: text.utf8.count, source: source, isCopied: true))
        text += part
    }

    /// Writes the value of an action.
    mutating func write(_ part: String, from source: Range<Int>) {
        segments.append(Segment(start: text.utf8.count, source: source, isCopied: false))
        text += part
    }

    mutating func note(_ gap: Gap) { gaps.append(gap) }

    /// Where a place of the text comes from.
    ///
    /// - Parameters:
    ///   - line: 1-based.
    ///   - column: 1-based, in Unicode scalars.
    /// - Returns: A range of the template, one character where its text was copied, else the action; and whether it
    ///   was copied. Nil for an empty text.
    func origin(line: Int, column: Int) -> (range: Range<Int>, isCopied: Bool)? {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        for _ in 1..<max(line, 1) {
            guard let end = scalars[index...].firstIndex(of: "\n") else { break }
            index = scalars.index(after: end)
        }
        for _ in 1..<max(column, 1) {
            guard index < scalars.endIndex, scalars[index] != "\n" else { break }
            index = scalars.index(after: index)
        }
        let offset = text.utf8.distance(from: text.startIndex, to: index)
        guard let segment = segments.last(where: { $0.start <= offset }) ?? segments.first else { return nil }
        guard segment.isCopied else { return (segment.source, false) }
        let start = text.utf8.index(text.startIndex, offsetBy: segment.start)
        let before = start < index ? scalars[start..<index].count : 0
        let place = min(
            segment.source.lowerBound + before,
            max(segment.source.lowerBound, segment.source.upperBound - 1)
        )
        return (place..<place + 1, true)
    }
}
