import SheafModel

/// What a `FakeExecutor` has made: folders, processes, volumes.
///
/// A value, so that a moment of it can be kept.
struct FakeWorld: Hashable, Sendable {
    /// Names the folder of an incarnation.
    struct Name: Hashable, Sendable, CustomStringConvertible {
        var id: ResourceID
        var generation: Int

        init(_ instance: ResourceInstance) {
            id = instance.resource.id
            generation = instance.generation
        }

        /// Such as `web@2`.
        var description: String { "\(id.name)@\(generation)" }
    }

    /// A folder, and what runs in it.
    struct Incarnation: Hashable, Sendable {
        /// What it was made from.
        let definition: ResolvedResource
        /// What it stands for too, after updates in place.
        var accepted: Set<ResolvedResource> = []
        /// Whether the launch plan is written.
        var isComplete = false
        var isRunning = false
        /// How often it was started; jobs may be once.
        var starts = 0
        /// Whether its jobs are not to run.
        var isNotRun = false

        init(_ resource: ResolvedResource) { definition = Self.definition(of: resource) }

        /// Whether it was made from a resource; what the bundle says around that does not count.
        func isMade(from resource: ResolvedResource) -> Bool {
            accepted.union([definition]).contains(Self.definition(of: resource))
        }

        static func definition(of resource: ResolvedResource) -> ResolvedResource {
            ResolvedResource(
                id: resource.id,
                item: "",
                manifest: resource.manifest,
                attachments: resource.attachments
            )
        }
    }

    var incarnations: [Name: Incarnation] = [:]
    var volumes: Set<ResourceID> = []
    /// What must never happen, in words.
    var wrongs: Set<String> = []

    /// Such as `web@2`.
    var running: Set<String> { Set(incarnations.filter(\.value.isRunning).map(\.key.description)) }
    /// Such as `web@2`.
    var prepared: Set<String> { Set(incarnations.filter(\.value.isComplete).map(\.key.description)) }

    /// The same after a power cut: no service and no worker runs any more.
    ///
    /// Jobs have ended before, with their result.
    var afterPowerCut: FakeWorld {
        var world = self
        for name in incarnations.keys where name.id.kind != .workflow { world.incarnations[name]?.isRunning = false }
        return world
    }

    func isAlive(_ instance: ResourceInstance) -> Bool { incarnations[Name(instance)]?.isRunning == true }

    /// Whether an incarnation is complete and made from the same definition.
    func isMade(_ instance: ResourceInstance) -> Bool {
        incarnations[Name(instance)].map { $0.isComplete && $0.isMade(from: instance.resource) } ?? false
    }

    /// Whether jobs of an incarnation were ever started.
    func hasBegun(_ instance: ResourceInstance) -> Bool { (incarnations[Name(instance)]?.starts ?? 0) > 0 }

    mutating func start(_ instance: ResourceInstance) throws {
        let name = Name(instance)
        guard var incarnation = incarnations[name], incarnation.isComplete else {
            throw FakeExecutor.Failure(message: "\(name) is not prepared")
        }
        if !incarnation.isMade(from: instance.resource) {
            wrongs.insert("\(name) was started with another's definition")
        }
        if incarnation.isRunning { return }
        if let port = instance.resource.hostPort, let holder = holder(of: port) {
            wrongs.insert("\(name) was started while \(holder) had its port \(port)")
        }
        incarnation.isRunning = true
        incarnation.starts += 1
        if instance.resource.id.kind == .workflow, incarnation.starts > 1 { wrongs.insert("\(name) was run twice") }
        incarnations[name] = incarnation
    }

    private func holder(of port: Int) -> Name? {
        incarnations.first { $0.value.isRunning && $0.value.definition.hostPort == port }?.key
    }

    /// Lets an incarnation stand for a new definition too.
    mutating func accept(_ instance: ResourceInstance) {
        incarnations[Name(instance)]?.accepted.insert(Incarnation.definition(of: instance.resource))
    }

    mutating func stop(_ instance: ResourceInstance) { incarnations[Name(instance)]?.isRunning = false }

    mutating func remove(_ instance: ResourceInstance) {
        if isAlive(instance) { wrongs.insert("\(Name(instance)) was removed while it ran") }
        incarnations[Name(instance)] = nil
    }
}
