package import FoundationEssentials

/// Which copy of a volume's data is meant: the one from just before a revision.
package struct SnapshotID: Codable, Hashable, Sendable {
    package var bundle: String
    /// The revision that the data was copied before.
    package var revision: Int
    package var volume: ResourceID

    package init(bundle: String, revision: Int, volume: ResourceID) {
        self.bundle = bundle
        self.revision = revision
        self.volume = volume
    }
}

/// A copy of a volume's data that shall be taken.
package struct SnapshotRequest: Hashable, Sendable {
    package var id: SnapshotID
    /// How many bytes may be copied where the file system cannot share them.
    package var limit: Int64

    package init(id: SnapshotID, limit: Int64) {
        self.id = id
        self.limit = limit
    }
}

/// What is in a copy of a volume's data, and how it was made.
package struct SnapshotContent: Codable, Hashable, Sendable {
    package enum Method: String, Codable, Hashable, Sendable {
        /// Files share their blocks with those of the volume until one of the two is written.
        case reflink
        case copy
        /// The data itself: it was set aside when other data took its place.
        case moved
    }

    package var method: Method
    /// Of all files; nil for what was set aside, which nobody has counted.
    package var bytes: Int64?
    package var files: Int?
    /// How many files were being written each time they were copied, so that they may mix old and new.
    package var unsettled: Int

    package init(method: Method, bytes: Int64? = nil, files: Int? = nil, unsettled: Int = 0) {
        self.method = method
        self.bytes = bytes
        self.files = files
        self.unsettled = unsettled
    }
}

/// A copy of a volume's data that is there.
package struct Snapshot: Codable, Hashable, Sendable {
    package var id: SnapshotID
    package var content: SnapshotContent
    package var takenAt: Date

    package init(id: SnapshotID, content: SnapshotContent, takenAt: Date) {
        self.id = id
        self.content = content
        self.takenAt = takenAt
    }
}

/// What a volume's step puts in the place of its data.
package struct DataRestore: Codable, Hashable, Sendable {
    /// An incarnation that mounts the volume.
    package struct User: Codable, Hashable, Sendable {
        package var resource: ResourceID
        package var generation: Int

        package init(_ instance: ResourceInstance) {
            resource = instance.resource.id
            generation = instance.generation
        }
    }

    /// Where the data comes from.
    package var source: SnapshotID
    /// As what the present data is set aside.
    package var aside: SnapshotID
    /// All that mount the volume, before the transaction or after: none may run while the data is exchanged.
    package var users: [User]

    package init(source: SnapshotID, aside: SnapshotID, users: [User]) {
        self.source = source
        self.aside = aside
        self.users = users
    }
}
