/// The difference of two texts in the form that `diff -u`, `patch` and `git apply` share.
package struct UnifiedDiff {
    /// Lines without a change around each one with a change.
    private static let context = 3

    private struct Line {
        enum Kind { case kept, removed, added }

        var kind: Kind
        var text: ArraySlice<UInt8>
        /// 0-based, in the old and in the new text.
        var old: Int
        var new: Int
    }

    /// Compares two versions of a file line by line.
    ///
    /// - Parameters:
    ///   - old: The text before.
    ///   - new: The text after.
    ///   - path: How the file is called; relative paths get the prefixes `a/` and `b/` that git gives them.
    /// - Returns: The lines with their ends; empty when the texts are equal.
    package static func render(from old: [UInt8], to new: [UInt8], path: String) -> String {
        guard old != new else { return "" }
        let lines = compare(split(old), split(new))
        let isAbsolute = path.hasPrefix("/")
        var text = "--- \(isAbsolute ? path : "a/\(path)")\n+++ \(isAbsolute ? path : "b/\(path)")\n"
        for hunk in hunks(of: lines) { text += render(hunk, of: lines) }
        return text
    }

    /// The lines with their ends, since a line that lost its end is another line.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }

    private static func compare(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, removed.contains(i) {
                lines.append(Line(kind: .removed, text: old[i], old: i, new: j))
                i += 1
            } else if j < new.count, added.contains(j) {
                lines.append(Line(kind: .added, text: new[j], old: i, new: j))
                j += 1
            } else {
                lines.append(Line(kind: .kept, text: old[i], old: i, new: j))
                i += 1
                j += 1
            }
        }
        return lines
    }

    private static func hunks(of lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].kind != .kept {
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func render(_ hunk: Range<Int>, of lines: [Line]) -> String {
        let part = lines[hunk]
        guard let first = part.first else { return "" }
        let old = part.count { $0.kind != .added }
        let new = part.count { $0.kind != .removed }
        var text = "@@ -\(place(first.old, old)) +\(place(first.new, new)) @@\n"
        for line in part {
            let sign =
                switch line.kind {
                case .kept: " "
                case .removed: "-"
                case .added: "+"
                }
            text += sign + String(decoding: line.text, as: UTF8.self)
            if line.text.last != UInt8(ascii: "\n") { text += "\n\\ No newline at end of file\n" }
        }
        return text
    }

    /// The first line and the number of lines of one side; an empty side is named by the line before it.
    private static func place(_ start: Int, _ count: Int) -> String {
        let first = count == 0 ? start : start + 1
        return count == 1 ? "\(first)" : "\(first),\(count)"
    }
}
