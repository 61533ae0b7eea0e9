/// One step of a transaction, complete: whoever has it can do it, undo it and finish it.
package struct Step: Codable, Hashable, Sendable {
    package var change: Change
    /// What is live before; nil for a create.
    package var before: ResourceInstance?
    /// What shall be live after; nil for a delete.
    package var after: ResourceInstance?
    /// The place of `after` in the resolved bundle, from 0; meaningless for a delete.
    package var order: Int
    /// What `prepare` found out and the undo needs; durable before `perform` begins.
    package var facts: [String: String]
    /// Whether a workflow's jobs are run; a rollback does not run finished ones again.
    package var runsJobs: Bool
    /// Whether `finish` may delete the data of a deleted resource.
    package var deletesData: Bool
    /// What a volume's data is exchanged for; nil when it stays.
    package var restore: DataRestore?
    /// The revision of which a rollback brings back what ran; nil for everything else.
    package var restores: Int?

    package init(
        change: Change,
        before: ResourceInstance? = nil,
        after: ResourceInstance? = nil,
        order: Int = 0,
        facts: [String: String] = [:],
        runsJobs: Bool = true,
        deletesData: Bool = false,
        restore: DataRestore? = nil,
        restores: Int? = nil
    ) {
        self.change = change
        self.before = before
        self.after = after
        self.order = order
        self.facts = facts
        self.runsJobs = runsJobs
        self.deletesData = deletesData
        self.restore = restore
        self.restores = restores
    }
}

extension Step {
    /// The incarnation that ends with this step; nil when there is none, or when it stays.
    package var replaced: ResourceInstance? { before?.generation == after?.generation ? nil : before }
    /// The incarnation that begins with this step; nil when there is none, or when it was there before.
    package var added: ResourceInstance? { before?.generation == after?.generation ? nil : after }
    /// Whether only the definition changes, and the incarnation stays.
    ///
    /// Decided by the generations: earlier versions wrote steps that replace something as updates.
    package var isInPlace: Bool { before != nil && before?.generation == after?.generation }
    /// Whether what it does stays once it has begun; a delete does nothing before the commit.
    package var isIrreversible: Bool { after != nil && change.undo.isImpossible }
}
