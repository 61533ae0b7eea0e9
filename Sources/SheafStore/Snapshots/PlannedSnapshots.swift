package import SheafModel

/// What becomes of the data of a bundle's volumes when a transaction begins.
package struct PlannedSnapshots: Hashable, Sendable {
    /// Data that is copied aside before anything else happens.
    package var copied: [SnapshotRequest]
    /// Data that is set aside as it is, because other data takes its place.
    package var moved: [SnapshotID]
    /// Data of which nobody asked for a copy, although what writes to it changes.
    ///
    /// Recorded so that a later copy is never taken for the data of before.
    package var missed: [SnapshotID]

    package init(copied: [SnapshotRequest] = [], moved: [SnapshotID] = [], missed: [SnapshotID] = []) {
        self.copied = copied
        self.moved = moved
        self.missed = missed
    }
}
