import SheafEngine
import SheafModel
import SheafSupervision

/// When the routes of services change: early where nothing else answers, otherwise only once the new one is live.
///
/// Every call writes what should be, so each may come again after a crash, and gives the same table.
extension WorkloadController {
    private var plan: RoutePlan { RoutePlan(home: keeper.home) }

    /// Refuses an ingress whose path another service has.
    ///
    /// - Throws: `ExecutorError` with `path-taken`, naming the other one.
    func checkPath(of instance: ResourceInstance) throws {
        guard let path = instance.resource.ingress?.path else { return }
        let id = RoutePlan.id(of: instance.resource.id)
        let holder = keeper.gateway.routes.first { $0.id != id && $0.ingress?.path == path }
        guard let other = holder else { return }
        throw ExecutorError(
            .pathTaken,
            "cannot run \(instance.resource.id): \(other.service) has the path '\(path)' of the ingress",
            hint: "choose another ingress.path"
        )
    }

    /// While the step is done: what has no predecessor, or has taken its port, is reached at once; of another one only
    /// the ports that its predecessor did not have.
    func publishEarly(_ step: Step) async throws {
        if step.replaced == nil || endsOldFirst(step) {
            try await publish(plan.route(of: step.added), of: step.change.resource)
        } else if let before = step.replaced, let after = step.added,
            let interim = plan.interim(from: before, to: after)
        {
            try await publish(interim, of: step.change.resource)
        }
    }

    /// Another path for an incarnation that stays.
    func publishAnew(_ step: Step) async throws {
        let route = plan.route(of: step.after)
        guard route != plan.route(of: step.before) else { return }
        try await publish(route, of: step.change.resource)
    }

    /// Puts the old route back where this step has written one.
    func publishBack(_ step: Step) async throws {
        let id = RoutePlan.id(of: step.change.resource)
        let isOwn = keeper.gateway.route(id).map { $0.generation == step.after?.generation } ?? (step.before != nil)
        // A step that never came so far, or knows nothing of what was before, leaves the live route alone.
        guard isOwn, step.isInPlace || step.added != nil || step.change.handsOver else { return }
        if step.isInPlace, plan.route(of: step.after) == plan.route(of: step.before) { return }
        try await publish(plan.route(of: step.before), of: step.change.resource)
    }

    /// Sends everything to the new incarnation, and waits until the old one has nothing left to do, for a while.
    func switchOver(from before: ResourceInstance, to after: ResourceInstance?) async throws {
        let old = plan.route(of: before), new = plan.route(of: after)
        guard old != nil || new != nil else { return }
        try await publish(new, of: before.resource.id)
        let leaving = (old?.instances ?? []).subtracting(new?.instances ?? [])
        let gateway = keeper.gateway
        try await BlockingCalls.run { gateway.drain(leaving) }
    }

    private func publish(_ route: GatewayRoute?, of resource: ResourceID) async throws {
        guard resource.kind == .service else { return }
        let gateway = keeper.gateway, id = RoutePlan.id(of: resource)
        try await BlockingCalls.run { try gateway.publish(route, as: id, for: resource) }
    }
}
