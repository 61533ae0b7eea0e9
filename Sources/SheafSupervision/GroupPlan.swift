/// Jobs that are tried again as a whole: those of a nested workflow whose node has a retry.
package struct GroupPlan: Hashable, Sendable {
    package var name: String
    /// The group that it is in itself.
    package var parent: String?
    /// When the group as a whole is tried again.
    package var restart: RestartPolicy

    package init(name: String, parent: String? = nil, restart: RestartPolicy) {
        self.name = name
        self.parent = parent
        self.restart = restart
    }
}

extension LaunchPlan {
    /// What is wrong with the groups of a plan; nil when nothing is.
    var groupProblem: String? {
        var known: Set<String> = []
        for group in groups {
            // Each stands behind the one that it is in, so none can hold itself.
            if let parent = group.parent, !known.contains(parent) {
                return "group '\(group.name)' is in '\(parent)', which does not stand before it"
            }
            guard known.insert(group.name).inserted else { return "two groups are named '\(group.name)'" }
        }
        for process in processes {
            guard let group = process.group, !known.contains(group) else { continue }
            return "process '\(process.name)' is in the group '\(group)', which is not there"
        }
        return nil
    }
}
