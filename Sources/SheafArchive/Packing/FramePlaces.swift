/// Where the frames of an archive begin, as far as the sizes of those before are known.
struct FramePlaces {
    private var frames: [PackSession.Frame?]
    /// Of the first frames, and of what follows the last of them.
    private var starts: [Int64] = []

    init(_ frames: [PackSession.Frame?]) { self.frames = frames }

    /// Says how large the archive's first frame is, which is none of these.
    mutating func begin(after head: Int64) {
        starts = [head]
        extend()
    }

    /// All frames; nil while one is missing.
    var all: [PackSession.Frame]? {
        let made = frames.compactMap(\.self)
        return made.count == frames.count ? made : nil
    }

    /// A frame; nil when it is not made yet.
    subscript(number: Int) -> PackSession.Frame? {
        get { frames[number] }
        set {
            frames[number] = newValue
            extend()
        }
    }

    /// Where a frame begins, or with the number of frames where they end; nil when that is not known yet.
    func start(of number: Int) -> Int64? { number < starts.count ? starts[number] : nil }

    private mutating func extend() {
        while let last = starts.last, starts.count <= frames.count, let frame = frames[starts.count - 1] {
            starts.append(last + frame.size)
        }
    }
}
