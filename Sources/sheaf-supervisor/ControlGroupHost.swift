import Glibc
import SheafSystem

/// Where this process may make control groups.
struct ControlGroupHost {
    /// Of version 2, where both limits can be set below it; nil where there is none.
    let unifiedParent: String?
    private let parents: [String: String]

    /// Looks at the mounts and at the groups that this process is in.
    init() {
        let mounts = Self.mounts()
        let own = Self.ownGroups()
        var parents: [String: String] = [:]
        for (controller, mount) in mounts where !controller.isEmpty {
            let folder = "\(mount)\(own[controller] ?? "")"
            // Inside a container the path of the group may be one of the host, which does not exist here.
            parents[controller] = [folder, mount].first { access($0, W_OK | X_OK) == 0 }
        }
        self.parents = parents
        unifiedParent = mounts[""].flatMap { Self.unifiedParent(mount: $0, group: own[""] ?? "") }
    }

    /// Where groups of a controller of version 1 go.
    func parent(of controller: String) -> String? { parents[controller] }

    /// The nearest group above this process in which others may be limited.
    ///
    /// One with processes in it lets none below it be limited, so it is mostly not the own one.
    private static func unifiedParent(mount: String, group: String) -> String? {
        var path = group == "/" ? "" : group
        while true {
            let folder = "\(mount)\(path)"
            let enabled = TextFile.read("\(folder)/cgroup.subtree_control")?.split { $0 == " " || $0 == "\n" } ?? []
            if enabled.contains("memory"), access(folder, W_OK | X_OK) == 0 { return folder }
            guard let slash = path.lastIndex(of: "/") else { return nil }
            path = String(path[..<slash])
        }
    }

    /// Where the controllers are mounted; version 2 under the empty name.
    private static func mounts() -> [String: String] {
        var mounts: [String: String] = [:]
        for line in (TextFile.read("/proc/self/mountinfo") ?? "").split(separator: "\n") {
            // 30 23 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3, fields.count > 4 else { continue }
            let mount = String(fields[4])
            if fields[dash + 1] == "cgroup2" { mounts[""] = mounts[""] ?? mount }
            guard fields[dash + 1] == "cgroup" else { continue }
            for option in fields[dash + 3].split(separator: ",") where option == "memory" || option == "cpu" {
                mounts[String(option)] = mount
            }
        }
        return mounts
    }

    /// The groups of this process; that of version 2 under the empty name.
    private static func ownGroups() -> [String: String] {
        var groups: [String: String] = [:]
        for line in (TextFile.read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            // 5:cpu,cpuacct:/user.slice, or 0::/user.slice
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = fields[2] == "/" ? "" : String(fields[2])
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[String(controller)] = path
            }
        }
        return groups
    }
}
