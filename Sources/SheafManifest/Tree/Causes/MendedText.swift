/// A part of a file with changes, that knows where each byte stands in the file.
struct MendedText: Sendable {
    /// The replacement of some bytes.
    struct Edit: Sendable {
        var range: Range<Int>
        var replacement: [UInt8]

        init(_ range: Range<Int>, _ replacement: String) {
            self.range = range
            self.replacement = Array(replacement.utf8)
        }
    }

    private struct Piece {
        /// Where it begins in the mended text.
        var start: Int
        /// Where it begins in the file.
        var place: Int
        /// Whether it was put in, so that all of it stands at one place of the file.
        var isNew: Bool
    }

    private(set) var bytes: [UInt8]
    private var pieces: [Piece]
    private let end: Int

    /// Takes a part of a file as it is.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
        pieces = [Piece(start: 0, place: bytes.startIndex, isNew: false)]
        end = bytes.endIndex
    }

    /// Where a byte of this text stands in the file.
    func place(_ offset: Int) -> Int {
        let piece = pieces[index(of: offset)]
        return piece.isNew ? piece.place : min(piece.place + offset - piece.start, end)
    }

    /// Where some bytes of this text stand in the file.
    func place(_ range: Range<Int>) -> Range<Int> {
        let start = place(range.lowerBound)
        return start..<max(start, place(range.upperBound))
    }

    /// The same change in the file.
    func place(_ edit: Edit) -> Edit {
        var moved = edit
        moved.range = place(edit.range)
        return moved
    }

    private func index(of offset: Int) -> Int {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].start <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The text with more changes; of changes that overlap the first counts.
    func applying(_ edits: [Edit]) -> MendedText {
        var result = self
        result.bytes = []
        result.bytes.reserveCapacity(bytes.count + 64)
        result.pieces = []
        var done = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where edit.range.lowerBound >= done && edit.range.upperBound <= bytes.count {
            result.append(self, done..<edit.range.lowerBound)
            if edit.range.count == edit.replacement.count {
                result.append(self, edit.range)
                result.bytes.replaceSubrange(
                    result.bytes.count - edit.range.count..<result.bytes.count,
                    with: edit.replacement
                )
            } else if !edit.replacement.isEmpty {
                result.pieces.append(
                    Piece(start: result.bytes.count, place: place(edit.range.lowerBound), isNew: true)
                )
                result.bytes += edit.replacement
            }
            done = edit.range.upperBound
        }
        result.append(self, done..<bytes.count)
        if result.pieces.isEmpty { result.pieces = [Piece(start: 0, place: place(0), isNew: true)] }
        return result
    }

    private mutating func append(_ other: MendedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var at = other.index(of: range.lowerBound)
        var from = range.lowerBound
        while from < range.upperBound {
            let piece = other.pieces[at]
            let to = at + 1 < other.pieces.count ? min(other.pieces[at + 1].start, range.upperBound) : range.upperBound
            let place = piece.isNew ? piece.place : piece.place + from - piece.start
            pieces.append(Piece(start: bytes.count, place: place, isNew: piece.isNew))
            bytes += other.bytes[from..<to]
            from = to
            at += 1
        }
    }
}
