internal import SheafModel

/// A text line by line, with `•••` for the secrets in it.
package struct MaskedLines: Sendable {
    /// The lines that hold a secret, as they are shown, without their ends; by their number from 0.
    private let masked: [Int: String]

    /// Masks the secrets in a file.
    package init(_ bytes: [UInt8], path: String, known: KnownSecrets) {
        let ranges = SecretRanges.find(in: bytes, path: path, known: known)
        var masked: [Int: String] = [:]
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
    package func line(_ number: Int) -> String? { masked[number] }

    private static func mask(_ line: ArraySlice<UInt8>, _ ranges: ArraySlice<Range<Int>>) -> String {
        var text = ""
        var position = line.startIndex
        for range in ranges {
            let hidden = range.clamped(to: line.startIndex..<line.endIndex)
            guard !hidden.isEmpty else { continue }
            text += String(decoding: line[position..<hidden.lowerBound], as: UTF8.self)
            // A line in the middle of a longer secret keeps its indentation.
            text += String(decoding: line[hidden].prefix { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self) + SecretText.mask
            position = hidden.upperBound
        }
        return text + String(decoding: line[position...], as: UTF8.self)
    }
}
