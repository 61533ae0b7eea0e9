import SheafModel
import SheafStore

/// Decides which volumes of a bundle are copied aside before a transaction.
///
/// Pure: what the steps do, held against what the bundle asks for.
struct SnapshotSelection {
    /// What a transaction does about a volume.
    private struct Touch: OptionSet {
        let rawValue: Int
        /// The volume, or a workload that writes to it, changes.
        static let change = Touch(rawValue: 1)
        /// Jobs that write to it run.
        static let jobs = Touch(rawValue: 2)
    }

    let bundle: String
    let revision: Int
    let live: [ResourceInstance]
    /// Nil deletes everything.
    let desired: ResolvedBundle?
    let steps: [Step]

    /// What becomes of the data of each volume.
    var planned: PlannedSnapshots {
        let touches = touches
        let restored = Set(steps.compactMap { $0.restore == nil ? nil : $0.change.resource })
        let erased = Set(steps.filter { $0.after == nil && $0.deletesData }.map(\.change.resource))
        var planned = PlannedSnapshots()
        for (volume, rule) in rules.sorted(by: { $0.key < $1.key }) where !erased.contains(volume) {
            let id = SnapshotID(bundle: bundle, revision: revision, volume: volume)
            let touch = touches[volume] ?? []
            if restored.contains(volume) {
                planned.moved.append(id)
            } else if Self.asks(rule, touch) {
                planned.copied.append(SnapshotRequest(id: id, limit: rule?.limit ?? SnapshotRule.defaultLimit))
            } else if !touch.isEmpty {
                planned.missed.append(id)
            }
        }
        return planned
    }

    /// The volumes of the bundle that the transaction may change, directly or through what writes to them.
    var touched: Set<ResourceID> { Set(touches.keys) }

    private static func asks(_ rule: SnapshotRule?, _ touch: Touch) -> Bool {
        switch rule?.moment {
        case .always: true
        case .beforeChange: !touch.isEmpty
        case .beforeJobs: touch.contains(.jobs)
        case .never, nil: false
        }
    }

    /// The volumes of the bundle, live or wanted.
    ///
    /// What is wanted has the last word, where it says anything.
    private var rules: [ResourceID: SnapshotRule?] {
        var rules: [ResourceID: SnapshotRule?] = [:]
        for resource in live.map(\.resource) + (desired?.resources ?? []) where resource.id.kind == .volume {
            rules[resource.id] = .some(resource.snapshot ?? rules[resource.id] ?? nil)
        }
        return rules
    }

    private var touches: [ResourceID: Touch] {
        var touches: [ResourceID: Touch] = [:]
        for step in steps {
            if step.change.resource.kind == .volume { touches[step.change.resource, default: []].insert(.change) }
            // An incarnation that stays writes as it did before.
            for instance in [step.replaced, step.added] {
                for volume in instance?.resource.writtenVolumes ?? [] {
                    touches[volume, default: []].insert(.change)
                }
            }
            guard step.runsJobs, let added = step.added, added.resource.runsWhenApplied else { continue }
            for volume in added.resource.writtenVolumes { touches[volume, default: []].insert(.jobs) }
        }
        return touches
    }
}
