/// What the load has asked for lately, so that what is ended now is not missed a moment later.
package struct ScalingHistory: Sendable {
    private let plan: ScalingPlan
    private let most: Int
    private var asked: [(time: Milliseconds, count: Int)]

    /// - Parameters:
    ///   - plan: The bounds and the times.
    ///   - most: The upper bound.
    ///   - now: From when on the first number holds.
    package init(_ plan: ScalingPlan, most: Int, now: Milliseconds) {
        self.plan = plan
        self.most = most
        asked = [(now, plan.first)]
    }

    /// Takes in what the load asks for.
    ///
    /// - Parameters:
    ///   - wanted: What it asks for now.
    ///   - count: How many there are.
    ///   - now: Not before the time of the call before.
    /// - Returns: How many there shall be.
    package mutating func decide(_ wanted: Int, of count: Int, now: Milliseconds) -> Int {
        let wanted = min(max(wanted, plan.least), most)
        asked.removeAll { $0.time <= now - plan.calm }
        asked.append((now, wanted))
        if wanted > count { return min(wanted, max(2 * count, count + 4)) }
        return min(asked.reduce(wanted) { max($0, $1.count) }, count)
    }
}
