/// How the number of instances follows their load, as the horizontal autoscaler of Kubernetes does it.
///
/// Source: the section "Algorithm details" of
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
package struct ScalingPlan: Hashable, Sendable {
    /// Fewest instances, at least one.
    package var least: Int
    /// How many there are at first; the most are the processes of the launch plan.
    package var first: Int
    /// What one instance is to use of the processors, in thousandths of one; nil where that does not matter.
    package var cpuAim: Int64?
    /// What one instance is to use of the memory, in bytes; nil where that does not matter.
    package var memoryAim: Int64?
    /// Between two looks at the load.
    package var period: Milliseconds
    /// How long fewer must have been enough before some are ended.
    package var calm: Milliseconds
    /// The file in which the gateway says what it has in effect; nil where it does not stand before them.
    package var routing: String?

    package init(
        least: Int,
        first: Int,
        cpuAim: Int64? = nil,
        memoryAim: Int64? = nil,
        period: Milliseconds = Self.usualPeriod,
        calm: Milliseconds = Self.usualCalm,
        routing: String? = nil
    ) {
        self.least = least
        self.first = first
        self.cpuAim = cpuAim
        self.memoryAim = memoryAim
        self.period = period
        self.calm = calm
        self.routing = routing
    }

    /// As Kubernetes has it.
    package static let usualPeriod: Milliseconds = 15_000
    /// As Kubernetes has it.
    package static let usualCalm: Milliseconds = 300_000
}

extension ScalingPlan {
    /// As close to the aim as this nothing is changed, so that the number does not swing.
    private static let tolerance = 0.1

    /// Counts the instances that the load asks for.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - loads: Of those that were seen for long enough; the others count as idle when more are asked for, and not at
    ///     all when fewer are.
    /// - Returns: Without regard to the bounds.
    package func wanted(of count: Int, _ loads: [InstanceLoad]) -> Int {
        guard !loads.isEmpty else { return count }
        return max(
            cpuAim.map { Self.wanted(of: count, loads.map(\.cpu), aim: $0) } ?? 0,
            memoryAim.map { Self.wanted(of: count, loads.map(\.memory), aim: $0) } ?? 0
        )
    }

    private static func wanted(of count: Int, _ uses: [Int64], aim: Int64) -> Int {
        guard aim > 0 else { return count }
        let sum = Double(uses.reduce(0, +))
        var ratio = sum / Double(aim) / Double(uses.count)
        if ratio > 1, uses.count < count { ratio = max(sum / Double(aim) / Double(count), 1) }
        guard abs(ratio - 1) > tolerance else { return count }
        // A hair above a whole number comes of the division.
        return Int((ratio * Double(count) - 1e-9).rounded(.up))
    }

    /// What is used of the aims, such as `cpu at 130 % of the aim`.
    package func words(for loads: [InstanceLoad]) -> String {
        let parts = [
            cpuAim.flatMap { Self.percent(of: loads.map(\.cpu), aim: $0) }.map { "cpu at \($0) %" },
            memoryAim.flatMap { Self.percent(of: loads.map(\.memory), aim: $0) }.map { "memory at \($0) %" },
        ].compactMap { $0 }
        return parts.isEmpty ? "load not seen yet" : "\(parts.joined(separator: " and ")) of the aim"
    }

    private static func percent(of uses: [Int64], aim: Int64) -> Int? {
        guard !uses.isEmpty, aim > 0 else { return nil }
        return Int((Double(uses.reduce(0, +)) * 100 / Double(aim) / Double(uses.count)).rounded())
    }
}
