import Clibgit2
import SheafModel

/// The lines in which two texts differ, as git finds them.
package struct TextDifference: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package enum Kind: Sendable { case kept, removed, added }

        package var kind: Kind
        /// With its end, which only the last line of a text may lack.
        package var text: [UInt8]
        /// The number in the old text, from 0; nil for an added line.
        package var old: Int?
        /// The number in the new text, from 0; nil for a removed line.
        package var new: Int?
    }

    /// Changes that are near each other, with the lines around them.
    package struct Hunk: Sendable, Hashable {
        /// `@@ -1,3 +1,4 @@`.
        package var head: String
        package var lines: [Line]
    }

    /// How many lines stand around each change, unless somebody asks for another number.
    package static let standardContext = 3

    /// In the order of the texts; empty when they are equal.
    package private(set) var hunks: [Hunk] = []
    package private(set) var insertions = 0
    package private(set) var deletions = 0

    /// Compares two texts line by line.
    ///
    /// - Parameters:
    ///   - old: The text before.
    ///   - new: The text after.
    ///   - context: How many lines stand around each change.
    /// - Throws: `ArchiveError` of kind `internalFailure` when libgit2 has no memory.
    package init(from old: [UInt8], to new: [UInt8], context: Int = Self.standardContext) throws {
        guard old != new else { return }
        do {
            try GitLibrary.start()
            try old.withUnsafeBytes { old in
                try new.withUnsafeBytes { new in try compare(old, new, context: context) }
            }
        } catch let failure as GitFailure {
            throw ArchiveError(
                .internalFailure,
                "two texts cannot be compared: \(failure.reason)",
                failureClass: .refused
            )
        }
    }

    private mutating func compare(
        _ old: UnsafeRawBufferPointer,
        _ new: UnsafeRawBufferPointer,
        context: Int
    ) throws(GitFailure) {
        var options = git_diff_options()
        try GitFailure.check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.context_lines = UInt32(clamping: context)
        options.flags |= GIT_DIFF_FORCE_TEXT.rawValue
        // The lines point into the buffers, which outlive the patch.
        let patch = try GitPointer(free: git_patch_free) {
            git_patch_from_buffers($0, old.baseAddress, old.count, nil, new.baseAddress, new.count, nil, &options)
        }
        for index in 0..<git_patch_num_hunks(patch.raw) {
            var raw: UnsafePointer<git_diff_hunk>?
            var count = 0
            try GitFailure.check(git_patch_get_hunk(&raw, &count, patch.raw, index))
            guard let hunk = raw?.pointee else { continue }
            var lines: [Line] = []
            for position in 0..<count {
                var line: UnsafePointer<git_diff_line>?
                try GitFailure.check(git_patch_get_line_in_hunk(&line, patch.raw, index, position))
                if let line = line.flatMap({ Self.line($0.pointee) }) { lines.append(line) }
            }
            insertions += lines.count { $0.kind == .added }
            deletions += lines.count { $0.kind == .removed }
            let head =
                "@@ -\(Self.place(hunk.old_start, hunk.old_lines)) +\(Self.place(hunk.new_start, hunk.new_lines)) @@"
            hunks.append(Hunk(head: head, lines: lines))
        }
    }

    /// - Returns: nil for a remark about the end of a text.
    private static func line(_ line: git_diff_line) -> Line? {
        let kind: Line.Kind
        switch UInt8(bitPattern: line.origin) {
        case UInt8(ascii: " "): kind = .kept
        case UInt8(ascii: "-"): kind = .removed
        case UInt8(ascii: "+"): kind = .added
        default: return nil
        }
        let text = Array(UnsafeRawBufferPointer(start: line.content, count: line.content_len))
        func number(_ number: Int32) -> Int? { number > 0 ? Int(number) - 1 : nil }
        return Line(kind: kind, text: text, old: number(line.old_lineno), new: number(line.new_lineno))
    }

    /// The first line and the number of lines of one side.
    private static func place(_ start: Int32, _ count: Int32) -> String {
        count == 1 ? "\(start)" : "\(start),\(count)"
    }

    /// The difference in the form that `diff -u`, `patch` and `git apply` share.
    ///
    /// - Parameter path: How the file is called; relative paths get the prefixes `a/` and `b/` that git gives them.
    /// - Returns: The lines with their ends; empty when the texts are equal.
    package func unified(path: String) -> String {
        guard !hunks.isEmpty else { return "" }
        let isAbsolute = path.hasPrefix("/")
        let head = "--- \(isAbsolute ? path : "a/\(path)")\n+++ \(isAbsolute ? path : "b/\(path)")\n"
        return head + hunks.map { $0.unified { String(decoding: $0.text, as: UTF8.self) } }.joined()
    }
}

extension TextDifference.Hunk {
    /// The hunk as text.
    ///
    /// - Parameter shown: How a line is shown, with its end if it has one.
    /// - Returns: The lines with their ends.
    package func unified(_ shown: (TextDifference.Line) -> String) -> String {
        var text = head + "\n"
        for line in lines {
            let sign =
                switch line.kind {
                case .kept: " "
                case .removed: "-"
                case .added: "+"
                }
            text += sign + shown(line)
            if line.text.last != UInt8(ascii: "\n") { text += "\n\\ No newline at end of file\n" }
        }
        return text
    }
}
