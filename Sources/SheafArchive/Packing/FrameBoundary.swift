import SheafModel

/// Decides where one zstd frame ends and the next begins.
///
/// The decision looks at one member only: its path, its digest and its size. So when a file is added or changed, the
/// frames before it and, after the next boundary, those behind it stay byte for byte what they were.
struct FrameBoundary {
    /// How much content a frame has on average.
    static let target: Int64 = 1 << 20
    /// A frame with as much content ends after the member, whatever the member is.
    static let most: Int64 = 4 << 20

    /// Whether a member has a frame to itself.
    static func isAlone(size: Int64) -> Bool { size >= target }

    /// Whether a frame ends after a member.
    ///
    /// - Parameters:
    ///   - path: As in the tar.
    ///   - identity: The digest of the content or of the link's target.
    ///   - size: What the member takes in the tar.
    /// - Returns: True with a probability of `size / target`, drawn from the member itself.
    static func ends(after path: String, identity: Digest, size: Int64) -> Bool {
        let draw = Digest(of: Array(path.utf8) + [0] + Array(identity.hex.utf8))
        // 32 bits are enough for a share of 2^20.
        guard let number = Int64(draw.hex.prefix(8), radix: 16) else { return true }
        return number < size << (32 - 20)
    }
}
