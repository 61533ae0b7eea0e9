import SheafModel
import SheafSupervision

/// How the supervisor of a service or a worker changes the number of its instances by their load.
extension WorkloadController {
    /// What the platform reserves for an instance that asks for nothing.
    private static let usualRequest: (processors: Double, memory: Int) = (0.1, 100 << 20)
    /// Ten ticks of the clock that processor time is counted by.
    private static let leastPeriod: Milliseconds = 100

    /// - Parameters:
    ///   - request: One of the instances.
    ///   - before: What they take the place of; as many begin as that has.
    /// - Returns: nil where the number stays as it is.
    /// - Throws: `ExecutorError` with `invalid-value` for what is no duration.
    func scalingPlan(of request: WorkloadRequest, replacing before: ResourceInstance?) throws -> ScalingPlan? {
        let resource = request.instance.resource
        guard let scaling = resource.scaling else { return nil }
        let requests = request.spec.resources?.requests
        let processors = Quantity.cpu(requests?.cpu) ?? Self.usualRequest.processors
        let memory = Quantity.memory(requests?.memory) ?? Self.usualRequest.memory
        let now = before.map(runningInstances) ?? 0
        var plan = ScalingPlan(
            least: scaling.bounds.lowerBound,
            first: min(max(resource.instanceCount, now, scaling.bounds.lowerBound), scaling.bounds.upperBound),
            cpuAim: scaling.cpuPercent.map { Int64(processors * Double($0) * 10) },
            memoryAim: scaling.memoryPercent.map { Int64(memory) * $0 / 100 },
            // Without ports of their own the gateway does not stand before them.
            routing: request.assignedPorts.isEmpty ? nil : keeper.home.gateway.state
        )
        let properties = WorkloadProperties(request.spec.properties)
        if let text = properties.scalePeriod {
            // More often there is nothing to be seen.
            plan.period = max(try DurationText.milliseconds(text, of: request), Self.leastPeriod)
        }
        if let text = properties.scaleDownAfter { plan.calm = try DurationText.milliseconds(text, of: request) }
        return plan
    }

    private func runningInstances(of instance: ResourceInstance) -> Int {
        keeper.home.files(of: instance).status?.processes.count { $0.state == .running } ?? 0
    }
}
