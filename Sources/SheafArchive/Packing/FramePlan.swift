import SheafModel

/// Divides members into frames, by their paths and sizes alone.
///
/// So the plan is known before anything is read, and a file of new content and the old size moves no boundary. When a
/// file is added, removed or grows, the frames before it stay what they were, and behind it the next boundary that
/// holds in both plans is mostly the next one.
struct FramePlan {
    /// A frame has at least as much content, unless members of another kind of frame follow.
    static let least: Int64 = 384 << 10
    /// How much content follows on average until a frame that has the least ends.
    static let mean: Int64 = 256 << 10
    /// A frame with as much content ends after the member, whatever the member is.
    static let most: Int64 = 2 << 20
    /// A file of this size has a frame to itself.
    static let alone: Int64 = 1 << 20

    /// Divides members.
    ///
    /// - Parameter members: In the order of the archive.
    /// - Returns: The positions of each frame's members: all of them, in order.
    static func frames(of members: [SourceMember]) -> [Range<Int>] {
        var frames: [Range<Int>] = []
        var start = 0
        var open: Int64 = 0
        func end(at position: Int) {
            if start < position { frames.append(start..<position) }
            start = position
            open = 0
        }
        for (position, member) in members.enumerated() {
            if member.size >= alone {
                end(at: position)
                end(at: position + 1)
                continue
            }
            let stored = storedSize(of: member)
            open += stored
            if open >= most || (open >= least && draws(member, stored: stored)) { end(at: position + 1) }
        }
        end(at: members.count)
        return frames
    }

    /// What a member takes in the tar: a header, the content, and what fills the last block.
    static func storedSize(of member: SourceMember) -> Int64 {
        let block = Int64(TarWriter.blockSize)
        return block + (member.size + block - 1) / block * block
    }

    /// Whether a frame may end after a member: true with a probability of `stored / mean`, drawn from its path.
    private static func draws(_ member: SourceMember, stored: Int64) -> Bool {
        var hash = ContentHash()
        hash.add(ArchiveLayout.files)
        hash.add(member.path.text)
        let number = hash.bytes.prefix(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return number < (stored << 32) / mean
    }
}
