/// What will happen to one resource, why, and what follows from it.
package struct Change: Hashable, Sendable {
    package enum Action: String, Codable, Sendable, CaseIterable {
        /// It is not there yet.
        case create
        /// It is there already outside any bundle, and becomes part of this one as it is.
        case adopt
        /// Its definition changes, and nothing that runs is touched.
        case update
        /// A new incarnation takes the place of the old one.
        case replace
        /// The jobs of a workflow run again, as a new incarnation.
        case run
        case delete
        case keep

        /// Whether a new incarnation takes the place of one that is there.
        package var renews: Bool { self == .replace || self == .run }
    }

    /// One field that differs; nil where the field is absent on that side.
    package struct Difference: Codable, Hashable, Sendable {
        /// Such as `worker.stackSpec.arguments[1]`.
        package var path: String
        package var before: JSONValue?
        package var after: JSONValue?
        /// Whether the values belong to a secret; then both are masked.
        package var isSecret: Bool

        package init(path: String, before: JSONValue?, after: JSONValue?, isSecret: Bool = false) {
            self.path = path
            self.before = before
            self.after = after
            self.isSecret = isSecret
        }
    }

    package var action: Action
    package var resource: ResourceID
    /// Why, as short sentences; never empty except for `keep`.
    package var reasons: [String]
    package var differences: [Difference]
    /// Whether the old instance must end before the new one starts, because both need the same port.
    package var handsOver: Bool
    /// How the change is taken back when the operation fails after it.
    package var undo: Undo
    /// What depends on the resource or names it, directly or not, and is not renewed itself.
    ///
    /// Of an update in place only what names it. In the order of the bundle, at most `mostAffected`.
    package var affects: [ResourceID]
    /// How many more are affected.
    package var affectsMore: Int
    package var interruption: Interruption

    /// How many affected resources are named: all of them could be as many as there are resources, for each change.
    package static let mostAffected = 50

    package init(
        action: Action,
        resource: ResourceID,
        reasons: [String] = [],
        differences: [Difference] = [],
        handsOver: Bool = false,
        undo: Undo = .reversible,
        affects: [ResourceID] = [],
        affectsMore: Int = 0,
        interruption: Interruption = .none
    ) {
        self.action = action
        self.resource = resource
        self.reasons = reasons
        self.differences = differences
        self.handsOver = handsOver
        self.undo = undo
        self.affects = affects
        self.affectsMore = affectsMore
        self.interruption = interruption
    }
}

extension Change: Codable {
    private enum CodingKeys: String, CodingKey {
        case action, resource, reasons, differences, handsOver, undo, affects, affectsMore, interruption
    }

    /// Reads what earlier versions wrote too, who knew nothing of what follows from a change.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            action: try container.decode(Action.self, forKey: .action),
            resource: try container.decode(ResourceID.self, forKey: .resource),
            reasons: try container.decode([String].self, forKey: .reasons),
            differences: try container.decode([Difference].self, forKey: .differences),
            handsOver: try container.decode(Bool.self, forKey: .handsOver),
            undo: try container.decodeIfPresent(Undo.self, forKey: .undo) ?? .reversible,
            affects: try container.decodeIfPresent([ResourceID].self, forKey: .affects) ?? [],
            affectsMore: try container.decodeIfPresent(Int.self, forKey: .affectsMore) ?? 0,
            interruption: try container.decodeIfPresent(Interruption.self, forKey: .interruption)
                ?? Interruption.none
        )
    }
}
