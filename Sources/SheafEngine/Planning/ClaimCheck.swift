import SheafModel
import SheafStore

/// Refuses services that claim what a service of another bundle has: a port of this machine, or a path of its gateway.
struct ClaimCheck {
    let store: Store

    /// What is kept as it is was agreed to before.
    ///
    /// - Throws: `EngineError` that names both services.
    func run(_ target: Target, _ plan: Plan) throws {
        let changing = Set(plan.changes.filter { $0.action != .keep && $0.action != .delete }.map(\.resource))
        let claiming = (target.desired?.resources ?? []).filter {
            $0.id.kind == .service && changing.contains($0.id)
        }
        guard !claiming.isEmpty else { return }
        var ports: [Int: Holder] = [:]
        var paths: [String: Holder] = [:]
        for bundle in try store.bundles().map(\.name) where bundle != target.bundle {
            for instance in try store.inventory(of: bundle, kinds: [.service]) {
                let holder = Holder(service: instance.resource.id, bundle: bundle)
                for port in instance.resource.hostPorts { ports[port] = holder }
                if let path = instance.resource.ingressPath { paths[path] = holder }
            }
        }
        for service in claiming {
            for port in service.hostPorts {
                guard let holder = ports[port] else { continue }
                throw refusal(of: service.id, "the port \(port)", holder, hint: "choose another port")
            }
            if let path = service.ingressPath, let holder = paths[path] {
                throw refusal(of: service.id, "the path \(path)", holder, hint: "choose another ingress path")
            }
        }
    }

    private struct Holder {
        var service: ResourceID
        var bundle: String
    }

    private func refusal(of id: ResourceID, _ what: String, _ holder: Holder, hint: String) -> EngineError {
        EngineError(
            .claimed,
            .refused,
            "\(id) cannot have \(what): \(holder.service) of '\(holder.bundle)' has it",
            hint: "\(hint), or delete '\(holder.bundle)' first"
        )
    }
}
