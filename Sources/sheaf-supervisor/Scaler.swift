import SheafSupervision

/// What a supervisor remembers between two looks at the load of its instances.
struct Scaler {
    let plan: ScalingPlan
    var meter = LoadMeter()
    var history: ScalingHistory
    /// When the load is looked at next.
    var lookAt: Milliseconds
    /// Instances that get no new connections: until when they may end those that they have.
    var leaving: [Int: Milliseconds] = [:]
    /// What is told of it.
    var words: String

    /// Between two looks whether an instance has any connections left.
    private static let drainPause: Milliseconds = 200
    /// How long an instance may go on with the connections that it has.
    static let drainTime: Milliseconds = 30_000

    init(_ plan: ScalingPlan, most: Int) {
        self.plan = plan
        history = ScalingHistory(plan, most: most, now: Clock.now)
        lookAt = Clock.now + plan.period
        words = Self.words(plan.first, plan, most, load: plan.words(for: []))
    }

    static func words(_ count: Int, _ plan: ScalingPlan, _ most: Int, load: String) -> String {
        "\(count) of \(plan.least) to \(most) instances, \(load)"
    }

    /// When something must be done about it without any signal.
    var deadline: Milliseconds { leaving.isEmpty ? lookAt : min(lookAt, Clock.now + Self.drainPause) }
}
