import SheafEngine
import SheafModel

// What an incarnation leaves with a container engine
extension IncarnationKeeper {
    /// Removes the containers of an incarnation by their labels.
    func sweepContainers(of instance: ResourceInstance) async {
        guard usesImages(instance), let engine = ContainerEngine(on: host) else { return }
        await ContainerSweep(engine: engine, home: home).removeAll(of: instance)
    }

    /// Gives up the images that an incarnation has brought itself.
    func releaseImages(of instance: ResourceInstance) async {
        guard instance.resource.attachments.contains(where: { $0.role == .image }),
            let engine = ContainerEngine(on: host)
        else { return }
        let names = jobs(of: instance).map { ContainerName(home: home, instance: instance, job: $0).image }
        await ImageStore.release(names, of: engine)
    }

    /// The jobs of a workflow, else one that has no name.
    private func jobs(of instance: ResourceInstance) -> [String?] {
        guard instance.resource.id.kind == .workflow else { return [nil] }
        return (instance.resource.section["dag"]?.arrayValue ?? []).map { $0["name"]?.stringValue }
    }

    private func usesImages(_ instance: ResourceInstance) -> Bool {
        let section = instance.resource.section
        let specs = [section] + (section["dag"]?.arrayValue ?? []).compactMap { $0["spec"] }
        return specs.contains { $0["stackSpec"]?["image"] != nil }
    }
}
