/// A file of Sheaf's home that nothing needs, the copy of a volume, or the record of a run or of images.
package struct Garbage: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case blob, frame, temporary, snapshot, run, images
    }

    package var kind: Kind
    /// Below the home.
    package var path: String
    /// What it takes on the disk, in bytes.
    package var size: Int64
    /// Why it can go, in words.
    package var reason: String

    package init(kind: Kind, path: String, size: Int64, reason: String) {
        self.kind = kind
        self.path = path
        self.size = size
        self.reason = reason
    }
}

/// What a collection found, and removed unless it was a dry run.
package struct GarbageReport: Hashable, Sendable {
    /// How many files, and what they take on the disk, in bytes.
    package struct Total: Hashable, Sendable {
        package var count = 0
        package var size: Int64 = 0

        mutating func add(_ size: Int64) {
            count += 1
            self.size += size
        }
    }

    /// Blobs, then temporary files, then frames, then copies of volumes, each by path.
    package var garbage: [Garbage] = []
    package var keptBlobs = Total()
    package var keptFrames = Total()
    /// Paths below the home of files that are not Sheaf's, and were left.
    package var foreign: [String] = []
    /// Content that is needed and not there, as digests, in order.
    package var missing: [String] = []

    package init() {}

    /// What the garbage takes on the disk, in bytes.
    package var size: Int64 { garbage.reduce(0) { $0 + $1.size } }
}
