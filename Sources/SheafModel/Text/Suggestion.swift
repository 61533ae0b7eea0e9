/// Guesses what a misspelled word was meant to be.
package enum Suggestion {
    /// The nearest candidate, or nil when none is near.
    ///
    /// - Returns: The first of the candidates with the least edit distance, at most a third of the word's length.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let lowered = scalars(of: word)
        guard lowered.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        var rows = Rows()
        for candidate in candidates {
            // Letters outside ASCII have fewer scalars than bytes, so this never leaves out a near one.
            guard candidate.utf8.count >= lowered.count - max(1, lowered.count / 3) else { continue }
            let other = scalars(of: candidate)
            let allowed = max(1, max(lowered.count, other.count) / 3)
            guard abs(other.count - lowered.count) <= allowed else { continue }
            // What is not nearer than the best so far need not be measured to its end.
            let limit = min(allowed, (best?.distance ?? .max) - 1)
            if let distance = rows.distance(lowered, other, atMost: limit) { best = (candidate, distance) }
            if best?.distance == 0 { break }
        }
        return best?.word
    }

    private static func scalars(of word: String) -> [Unicode.Scalar] {
        guard word.utf8.allSatisfy({ $0 < 0x80 }) else { return Array(word.lowercased().unicodeScalars) }
        return word.utf8.map { Unicode.Scalar((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0) }
    }

    /// `did you mean 'x'?`, or nil when nothing is near.
    package static func help(for word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
    }

    /// The rows of the table of distances, kept from one pair of words to the next.
    private struct Rows {
        private var beforeLast: [Int] = []
        private var last: [Int] = []
        private var row: [Int] = []

        /// Insertions, deletions, replacements and swaps of neighbours between two words; nil when they are more.
        mutating func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int? {
            guard !left.isEmpty, !right.isEmpty else {
                let count = max(left.count, right.count)
                return count <= limit ? count : nil
            }
            if row.count <= right.count {
                beforeLast = Array(repeating: 0, count: right.count + 1)
                (last, row) = (beforeLast, beforeLast)
            }
            for j in 0...right.count { last[j] = j }
            for i in 1...left.count {
                row[0] = i
                var least = i
                for j in 1...right.count {
                    let replace = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                    var cost = min(replace, last[j] + 1, row[j - 1] + 1)
                    if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                        cost = min(cost, beforeLast[j - 2] + 1)
                    }
                    row[j] = cost
                    least = min(least, cost)
                }
                // A swap costs one more than what stands two rows back, and so does something in the row between.
                guard least <= limit else { return nil }
                (beforeLast, last, row) = (last, row, beforeLast)
            }
            return last[right.count] <= limit ? last[right.count] : nil
        }
    }
}
