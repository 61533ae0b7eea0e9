package import SheafModel

/// What an operation does, as it happens.
package enum EngineEvent: Sendable, Hashable {
    /// An interrupted transaction of an earlier process is being finished or undone.
    case recovering(bundle: String, revision: Int)
    case recovered(bundle: String, revision: Int, isLive: Bool)
    /// Another bundle's interrupted transaction cannot be settled now; this operation goes on.
    case recoveryFailed(bundle: String, reason: String)
    /// The transaction has begun.
    case began(bundle: String, revision: Int, steps: [ResourceID])
    case preparing(ResourceID)
    /// The data of a volume was copied aside.
    case snapshotTaken(Snapshot)
    /// What a failed revision did to the data of volumes is not undone; copies from before are kept.
    ///
    /// `live` is the revision that is live again; nil when there is none.
    case dataKept(bundle: String, revision: Int, live: Int?, volumes: [ResourceID])
    case performing(ResourceID, Change.Action)
    /// A call failed for a reason that may pass by itself, and is made again.
    case retrying(ResourceID, reason: String)
    /// The state that was last seen while waiting for a resource.
    case observed(ResourceID, ResourceState)
    case ready(ResourceID, ResourceState)
    case failed(ResourceID?, reason: String)
    case compensating(bundle: String, revision: Int)
    case reverted(ResourceID)
    /// What is left of a step is removed, and what it did stays.
    case notUndone(ResourceID, reason: String)
    case revertFailed(ResourceID, reason: String)
    /// The revision is live; nothing is live of a bundle that was deleted.
    case committed(bundle: String, revision: Int, operation: Revision.Operation)
    /// The revision is live, and nothing of it is started until the bundle's schedule brings it up.
    case recordedOnly(bundle: String, revision: Int)
    /// What only the undo needed is being removed.
    case finishing(ResourceID, Change.Action)
    /// It could not be removed yet; the next command that writes tries again.
    case finishFailed(ResourceID, reason: String)
    /// Everything is done, and the record of it could not be written; the next command that writes does it.
    case closingFailed(bundle: String, reason: String)
    /// A revision is live and has to be confirmed.
    case toBeConfirmed(Confirmation)
    /// A revision that waited to be confirmed stays in the history, since another has taken its place.
    case confirmationSettled(bundle: String, revision: Int, by: Int)
    /// A revision was not confirmed in time; what was live before it is put back.
    case reverting(bundle: String, revision: Int)
    /// Content of the live revision was missing in the content store, and is kept again.
    case contentKept(bundle: String, count: Int)
}
