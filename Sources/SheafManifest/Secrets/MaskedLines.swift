internal import SheafModel

/// A text line by line, with `•••` for the secrets in it.
package struct MaskedLines: Sendable {
    /// A line with a secret as it is shown, without its end.
    private struct Line {
        var text = ""
        /// What is hidden: where it is in the file, and where in `text` its mask is.
        var masks: [(hidden: Range<Int>, shown: Range<Int>)] = []
        /// Where the line begins in the file.
        var start: Int
    }

    /// The lines that hold a secret, by their number from 0.
    private let masked: [Int: Line]

    /// Masks the secrets in a file.
    package init(_ bytes: [UInt8], path: String, known: KnownSecrets) {
        let ranges = SecretRanges.find(in: bytes, path: path, known: known)
        var masked: [Int: Line] = [:]
        guard !ranges.isEmpty else {
            self.masked = [:]
            return
        }
        var rest = ranges[...]
        var start = 0, number = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            while let first = rest.first, first.upperBound <= start { rest.removeFirst() }
            let hits = rest.prefix { $0.lowerBound < end }
            if !hits.isEmpty { masked[number] = Self.mask(bytes[start..<end], hits) }
            start = end + 1
            number += 1
        }
        self.masked = masked
    }

    /// Whether any line holds a secret.
    package var isEmpty: Bool { masked.isEmpty }

    /// How a line with a secret is shown; nil when it holds none.
    package func line(_ number: Int) -> String? { masked[number]?.text }

    /// Where a range of the file is in a line as it is shown; what is hidden even in part is there as a whole.
    ///
    /// - Parameters:
    ///   - range: Bytes of the file, in this line.
    ///   - number: Of a line that holds a secret.
    /// - Returns: Bytes of the shown text.
    func shown(_ range: Range<Int>, in number: Int) -> Range<Int> {
        guard let line = masked[number] else { return range }
        var start = range.lowerBound - line.start, end = range.upperBound - line.start
        for (hidden, shown) in line.masks {
            let left = shown.upperBound - (hidden.upperBound - line.start)
            if range.lowerBound >= hidden.upperBound {
                start = range.lowerBound - line.start + left
            } else if range.lowerBound >= hidden.lowerBound {
                start = shown.lowerBound
            }
            if range.upperBound >= hidden.upperBound {
                end = range.upperBound - line.start + left
            } else if range.upperBound > hidden.lowerBound {
                end = shown.upperBound
            }
        }
        return start..<max(start, end)
    }

    private static func mask(_ line: ArraySlice<UInt8>, _ ranges: ArraySlice<Range<Int>>) -> Line {
        var result = Line(start: line.startIndex)
        var position = line.startIndex
        for range in ranges {
            let hidden = range.clamped(to: line.startIndex..<line.endIndex)
            guard !hidden.isEmpty else { continue }
            result.text += String(decoding: line[position..<hidden.lowerBound], as: UTF8.self)
            // A line in the middle of a longer secret keeps its indentation.
            let blanks = line[hidden].prefix { $0 == 0x20 || $0 == 0x09 }
            result.text += String(decoding: blanks, as: UTF8.self)
            let start = result.text.utf8.count
            result.text += SecretText.mask
            result.masks.append((blanks.endIndex..<hidden.upperBound, start..<result.text.utf8.count))
            position = hidden.upperBound
        }
        result.text += String(decoding: line[position...], as: UTF8.self)
        return result
    }
}
