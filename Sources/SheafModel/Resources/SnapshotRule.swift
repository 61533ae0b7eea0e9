/// When the data of a volume is copied aside, as the bundle asks for it.
///
/// The bundle's `properties` hold it: `sheaf.dev/snapshot` for all of its volumes, `sheaf.dev/snapshot-volumes` for some
/// by name, and `sheaf.dev/snapshot-limit`.
package struct SnapshotRule: Codable, Hashable, Sendable {
    package enum Moment: String, Codable, Hashable, Sendable, CaseIterable {
        /// Before the volume, or a workload that writes to it, changes.
        case beforeChange = "before-change"
        /// Before jobs that write to it run.
        case beforeJobs = "before-jobs"
        /// Before every change of the bundle.
        case always
        case never
    }

    package var moment: Moment
    /// How many bytes may be copied where the file system cannot share them.
    package var limit: Int64

    /// 1 GiB, which a disk copies in seconds.
    package static let defaultLimit: Int64 = 1 << 30

    /// The keys in the properties of a bundle.
    package static let property = "sheaf.dev/snapshot"
    package static let volumesProperty = "sheaf.dev/snapshot-volumes"
    package static let limitProperty = "sheaf.dev/snapshot-limit"

    package init(_ moment: Moment, limit: Int64 = Self.defaultLimit) {
        self.moment = moment
        self.limit = limit
    }

    /// What a bundle asks for one of its volumes; nil when it says nothing.
    ///
    /// - Parameters:
    ///   - properties: Of the bundle, checked already: what makes no sense in them is taken as absent.
    ///   - volume: Its name.
    package init?(in properties: JSONValue?, ofVolume volume: String) {
        let text = properties?[Self.volumesProperty]?[volume]?.stringValue ?? properties?[Self.property]?.stringValue
        guard let moment = text.flatMap(Moment.init(rawValue:)) else { return nil }
        let limit = properties?[Self.limitProperty]?.scalarText.flatMap(ByteSize.init(_:))?.bytes
        self.init(moment, limit: limit ?? Self.defaultLimit)
    }
}
