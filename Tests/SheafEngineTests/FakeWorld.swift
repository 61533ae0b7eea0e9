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

        init(_ user: DataRestore.User) {
            id = user.resource
            generation = user.generation
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
    /// The data of volumes, by name.
    var data: [String: String] = [:]
    /// Copies of it, such as `data before 2`.
    var copies: [String: String] = [:]
    /// Data that stands ready for a volume, by what the present data is called once it is set aside.
    var staged: [String: String] = [:]
    /// What must never happen, in words.
    var wrongs: Set<String> = []

    /// Such as `web@2`.
    var running: Set<String> { Set(incarnations.filter(\.value.isRunning).map(\.key.description)) }
    /// Such as `web@2`.
    var prepared: Set<String> { Set(incarnations.filter(\.value.isComplete).map(\.key.description)) }

    /// Whether all is as in another world, however often it was started and accepted on the way.
    func isLike(_ other: FakeWorld) -> Bool { withoutTraces == other.withoutTraces }

    private var withoutTraces: FakeWorld {
        var world = self
        for name in incarnations.keys {
            world.incarnations[name]?.starts = 0
            world.incarnations[name]?.accepted = []
        }
        return world
    }

    /// The same after a power cut: no service and no worker runs any more.
    ///
    /// Jobs have ended before, with their result.
    var afterPowerCut: FakeWorld {
        var world = self
        for name in incarnations.keys where name.id.kind != .workflow { world.incarnations[name]?.isRunning = false }
        return world
    }

    /// Such as `data before 2`.
    static func name(_ id: SnapshotID) -> String { "\(id.volume.name) before \(id.revision)" }

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

    /// Runs the jobs of a live workflow once more.
    mutating func startRun(_ instance: ResourceInstance, overlapping: Bool = false) throws {
        let name = Name(instance)
        guard let incarnation = incarnations[name], incarnation.isComplete else {
            throw FakeExecutor.Failure(message: "\(name) is not prepared")
        }
        guard !incarnation.isRunning || overlapping else {
            throw FakeExecutor.Failure(message: "a run of \(name) is going on")
        }
        incarnations[name]?.isRunning = true
        incarnations[name]?.isNotRun = false
        incarnations[name]?.starts += 1
    }

    func lastRun(of instance: ResourceInstance) -> LastRun? {
        guard let incarnation = incarnations[Name(instance)], incarnation.starts > 0 else { return nil }
        return LastRun(identity: "\(incarnation.starts)", isGoingOn: incarnation.isRunning)
    }

    private func holder(of port: Int) -> Name? {
        incarnations.first { $0.value.isRunning && $0.value.definition.hostPort == port }?.key
    }

    /// Lets an incarnation stand for a new definition too.
    mutating func accept(_ instance: ResourceInstance) {
        incarnations[Name(instance)]?.accepted.insert(Incarnation.definition(of: instance.resource))
    }

    mutating func stop(_ instance: ResourceInstance) { incarnations[Name(instance)]?.isRunning = false }

    // MARK: Data

    mutating func removeVolume(_ id: ResourceID) {
        volumes.remove(id)
        data[id.name] = nil
    }

    mutating func stage(_ restore: DataRestore) { staged[Self.name(restore.aside)] = copies[Self.name(restore.source)] }

    /// Ends what mounts a volume, as long as the data is to be exchanged.
    mutating func stopUsers(_ restore: DataRestore) {
        guard staged[Self.name(restore.aside)] != nil else { return }
        endUsers(restore)
    }

    mutating func exchange(_ restore: DataRestore) {
        let aside = Self.name(restore.aside), volume = restore.aside.volume
        guard let other = staged.removeValue(forKey: aside) else { return }
        noteUsers(of: volume)
        copies[aside] = data[volume.name]
        data[volume.name] = other
    }

    /// Ends what mounts a volume, where the data was exchanged.
    mutating func stopUsersAgain(_ restore: DataRestore) {
        guard copies[Self.name(restore.aside)] != nil else { return }
        endUsers(restore)
    }

    mutating func exchangeBack(_ restore: DataRestore) {
        let aside = Self.name(restore.aside), volume = restore.aside.volume
        staged[aside] = nil
        guard let own = copies.removeValue(forKey: aside) else { return }
        noteUsers(of: volume)
        data[volume.name] = own
    }

    private mutating func endUsers(_ restore: DataRestore) {
        for user in restore.users { incarnations[Name(user)]?.isRunning = false }
    }

    /// Nothing may run while the data that it mounts is exchanged, but jobs that have ended.
    private mutating func noteUsers(of volume: ResourceID) {
        for (name, incarnation) in incarnations where incarnation.isRunning && name.id.kind != .workflow {
            guard incarnation.definition.mountedVolumes.contains(volume) else { continue }
            wrongs.insert("the data of \(volume) was exchanged while \(name) ran")
        }
    }

    mutating func remove(_ instance: ResourceInstance) {
        if isAlive(instance) { wrongs.insert("\(Name(instance)) was removed while it ran") }
        incarnations[Name(instance)] = nil
    }
}
