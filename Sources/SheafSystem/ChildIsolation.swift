package import CLinux
import Glibc

/// What sets a child process apart from its host: mounts of its own, and another user.
package struct ChildIsolation: Sendable {
    package typealias Mount = (source: String, target: String, isReadOnly: Bool, isOptional: Bool)
    package typealias User = (id: UInt32, group: UInt32, groups: [UInt32])

    private let mounts: [Mount]
    private let veils: [String]
    private let user: User?

    /// - Parameters:
    ///   - mounts: Those nearer to the root first.
    ///   - veils: Folders that the child sees empty but for its mounts; without mounts they have no effect.
    ///   - user: Only root may ask for another one.
    package init(mounts: [Mount], veils: [String], user: User?) {
        self.mounts = mounts
        self.veils = veils
        self.user = user
    }

    /// Whether processes that this one starts may have mounts of their own, as it was when somebody first asked.
    package static let isAllowed = sheaf_can_isolate()

    /// Runs a body with the form that a spawn request has it in; nil where nothing sets the child apart.
    package func withPointer<Result>(_ body: (UnsafePointer<sheaf_isolation>?) -> Result) -> Result {
        guard !mounts.isEmpty || user != nil else { return body(nil) }
        let texts = (mounts.flatMap { [$0.source, $0.target] } + veils).map { strdup($0) }
        defer { for text in texts { free(text) } }
        let entries = mounts.enumerated().map { index, mount in
            sheaf_mount(
                source: texts[2 * index],
                target: texts[2 * index + 1],
                read_only: mount.isReadOnly,
                optional: mount.isOptional
            )
        }
        let covers = texts[(2 * mounts.count)...].map { UnsafePointer($0) }
        let groups = user?.groups ?? []
        return entries.withUnsafeBufferPointer { entries in
            covers.withUnsafeBufferPointer { covers in
                groups.withUnsafeBufferPointer { groups in
                    var isolation = sheaf_isolation(
                        mounts: entries.baseAddress,
                        mount_count: entries.count,
                        veils: covers.baseAddress,
                        veil_count: covers.count,
                        switches_user: user != nil,
                        user: user?.id ?? 0,
                        group: user?.group ?? 0,
                        groups: groups.baseAddress,
                        group_count: groups.count
                    )
                    return body(&isolation)
                }
            }
        }
    }
}
