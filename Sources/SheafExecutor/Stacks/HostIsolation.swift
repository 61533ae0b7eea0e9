import SheafSupervision

/// The mounts and the user of a process of the host, so far as this machine allows them.
///
/// The paths are those of the host: what may only be read is mounted over itself.
struct HostIsolation {
    /// Whether processes can have mounts of their own at all.
    let isPossible: Bool
    private(set) var mounts: [ProcessPlan.Mount] = []
    private(set) var veils: [String] = []
    private(set) var user: ProcessPlan.User?

    /// Root gives every process mounts of its own. For others it takes a user namespace, in which programs that change
    /// the user do not work, so only what needs it gets one.
    init(of context: StackContext, switchesUser: Bool) throws {
        isPossible = context.host.canIsolate
        guard isPossible else { return }
        let folders = context.folders
        user = switchesUser ? context.user.account(on: context.host) : nil
        let hasReadOnly = folders.volumes.contains(where: \.isReadOnly)
        guard try context.host.isRoot || hasReadOnly || context.namesService() else { return }
        var shown = [folders.config, folders.secret]
        if user != nil { shown += [folders.temp, folders.work] }
        if user != nil || hasReadOnly { shown += folders.volumes }
        mounts = Self.mounts(shown) + [Self.names(context.home)]
        if let user { veils = Self.veils(over: shown.map(\.source), from: user) }
    }

    /// A folder that is mounted twice, once to be written, is written: on the host it has one path.
    private static func mounts(_ folders: [RuntimeFolder]) -> [ProcessPlan.Mount] {
        let groups = Dictionary(grouping: folders, by: \.source)
        return groups.map { source, uses in
            ProcessPlan.Mount(source: source, target: source, isReadOnly: uses.allSatisfy(\.isReadOnly))
        }.sorted { ($0.target.utf8.count, $0.target) < ($1.target.utf8.count, $1.target) }
    }

    private static func names(_ home: ExecutorHome) -> ProcessPlan.Mount {
        ProcessPlan.Mount(
            source: ServiceNames(home: home).file,
            target: ServiceNames.target,
            isReadOnly: true,
            isOptional: true
        )
    }

    /// The folders nearest to the root that a user cannot enter on the way to others; he loses nothing with them.
    private static func veils(over paths: [String], from user: ProcessPlan.User) -> [String] {
        Set(paths.compactMap { FileTree.firstClosedFolder(on: $0, to: user) }).sorted()
    }
}
