/// When something happens by itself, as a manifest says it: runs of a workflow, or the coming and going of a bundle.
package struct Schedule: Codable, Hashable, Sendable {
    /// What happens.
    package enum Action: String, Codable, Hashable, Sendable, CaseIterable {
        /// The jobs of a workflow are run.
        case run
        /// A bundle is brought up.
        case create
        /// A bundle is taken down; its data is kept.
        case delete
    }

    /// What happens at the times of one cron line.
    package struct Line: Codable, Hashable, Sendable {
        package var action: Action
        package var cron: String

        package init(_ action: Action, _ cron: String) { (self.action, self.cron) = (action, cron) }
    }

    /// What a due run does when another one is in progress.
    package enum Policy: String, Codable, Hashable, Sendable {
        /// Starts all the same.
        case allow = "Allow"
        /// Is skipped.
        case forbid = "Forbid"
        /// Ends the other one first.
        case replace = "Replace"
    }

    /// In the order of the manifest.
    package var lines: [Line]
    /// Of the IANA database; nil is UTC.
    package var timezone: String?
    /// Of a workflow; nil is Allow.
    package var concurrencyPolicy: String?
    /// Of a workflow: no run begins from this moment on, and one that is in progress is ended.
    package var endOn: String?
    /// Of a bundle: whether an apply that finds nothing live only records it, so that the next firing brings it up.
    package var startsDeleted: Bool

    package init(
        lines: [Line],
        timezone: String? = nil,
        concurrencyPolicy: String? = nil,
        endOn: String? = nil,
        startsDeleted: Bool = false
    ) {
        self.lines = lines
        self.timezone = timezone
        self.concurrencyPolicy = concurrencyPolicy
        self.endOn = endOn
        self.startsDeleted = startsDeleted
    }

    package var policy: Policy { concurrencyPolicy.flatMap(Policy.init(rawValue:)) ?? .allow }

    /// Whether the times are the same, whatever happens to them.
    package func hasTimes(of other: Schedule) -> Bool { lines == other.lines && timezone == other.timezone }
}

extension ResourceID {
    /// A bundle as a whole.
    package static func bundle(_ name: String) -> ResourceID {
        ResourceID(kind: .bundle, workspace: nil, name: name)
    }
}

extension ResolvedBundle {
    /// When the whole bundle is brought up and taken down; nil where it says nothing of it.
    package var schedule: Schedule? {
        guard let section = manifest["bundle"]?["schedule"], section != .null else { return nil }
        let lines = [Schedule.Action.create, .delete].flatMap { action in
            let moments = section[action.rawValue]?.arrayValue ?? []
            return moments.compactMap { $0["cron"]?.stringValue }.map { Schedule.Line(action, $0) }
        }
        return Schedule(
            lines: lines,
            timezone: section["timezone"]?.stringValue,
            startsDeleted: section["initialState"]?.stringValue == "delete"
        )
    }
}

extension ResolvedResource {
    /// When the jobs of a workflow run by themselves; nil for all other resources, and without a schedule.
    package var schedule: Schedule? {
        guard id.kind == .workflow, let section = section["schedule"], let cron = section["cron"]?.stringValue else {
            return nil
        }
        return Schedule(
            lines: [Schedule.Line(.run, cron)],
            timezone: section["timezone"]?.stringValue,
            concurrencyPolicy: section["concurrencyPolicy"]?.stringValue,
            endOn: section["endOn"]?.stringValue
        )
    }
}
