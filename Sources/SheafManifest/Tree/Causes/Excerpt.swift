/// The part of a large document around the place where libyaml stumbled, small enough to try out many changes.
struct Excerpt {
    /// Documents up to this size are looked at as a whole.
    private static let limit = 128 << 10
    /// How much is taken before and behind.
    private static let reach = 32 << 10

    let range: Range<Int>
    /// The failure by bytes of the excerpt.
    let failure: EventParser.Failure

    init(of bytes: [UInt8], _ failure: EventParser.Failure, _ budget: inout TrialBudget) {
        guard bytes.count > Self.limit else {
            range = 0..<bytes.count
            self.failure = failure
            return
        }
        let place = min(failure.anchor, bytes.count)
        var end = min(bytes.count, place + Self.reach)
        while end < bytes.count, bytes[end - 1] != .lineFeed { end += 1 }
        end = min(end, place + 2 * Self.reach, bytes.count)
        let start = Self.start(bytes, place)
        var moved = failure
        moved.offset = min(failure.offset, end)
        moved.contextOffset = failure.contextOffset.map { min(max($0, start), end) }
        moved.move(by: -start)
        range = start..<end
        self.failure = moved
    }

    /// The first of the least indented lines before a place: what follows it is as good as a document of its own.
    private static func start(_ bytes: [UInt8], _ place: Int) -> Int {
        let earliest = max(0, place - reach)
        var best: (indent: Int, start: Int)?
        var line = earliest
        if earliest > 0 {
            line = bytes[earliest..<place].firstIndex(of: .lineFeed).map { $0 + 1 } ?? earliest
        }
        while line < place {
            let end = bytes[line..<place].firstIndex(of: .lineFeed) ?? place
            if let content = bytes[line..<end].firstIndex(where: { $0 != .space }), bytes[content] != .hash,
                bytes[content] != .carriageReturn, content - line < best?.indent ?? .max
            {
                best = (content - line, line)
            }
            line = end + 1
        }
        return best?.start ?? earliest
    }
}
