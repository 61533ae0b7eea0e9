import CLinux
import Glibc
import SheafModel
package import SheafSystem

/// The names of the services of a home, `<name>.<workspace>.svc.cluster.local`, as the file that workloads find them in.
///
/// A service has its name while there is an incarnation of it. The file is a copy of the host's `/etc/hosts` with one
/// line for each name, and always the same file: what mounts it sees each change at once.
package struct ServiceNames: Sendable {
    let home: ExecutorHome
    /// The file with the names that this machine has anyway.
    var hostFile = Self.target

    /// Where a workload looks names up.
    static let target = "/etc/hosts"
    /// What ends the name of every service.
    static let suffix = ".svc.cluster.local"
    /// Every service of this machine listens here.
    static let address = "127.0.0.1"

    package init(home: ExecutorHome) { self.home = home }

    /// What is mounted in place of `/etc/hosts`.
    package var file: String { "\(home.names)/hosts" }

    static func name(of service: ResourceID) -> String { "\(service.name).\(service.workspace ?? "")\(suffix)" }

    /// The names of the services that there are incarnations of, in order.
    package var current: [String] {
        let workspaces = FileTree.names(in: home.workloads) ?? []
        return workspaces.flatMap { workspace in
            (FileTree.names(in: "\(home.workloads)/\(workspace)/\(ResourceKind.service.rawValue)") ?? []).map {
                "\($0).\(workspace)\(Self.suffix)"
            }
        }.sorted()
    }

    /// Brings the file up to date; may be called at any time, by several processes.
    ///
    /// It is written in one go and never becomes shorter: who reads it meanwhile finds no half of a line.
    /// - Throws: `SystemError`.
    package func update() throws(SystemError) {
        try FileTree.makeFolder(home.names)
        let descriptor = sheaf_open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("write \(file)") }
        defer { close(descriptor) }
        // Whoever has changed the services before this sees them in what is written last.
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SystemError("lock \(file)") }
        }
        let before = TextFile.read(file) ?? ""
        let text = text
        let padding = String(repeating: "\n", count: max(before.utf8.count - text.utf8.count, 0))
        let bytes = Array((text + padding).utf8)
        guard bytes != Array(before.utf8) else { return }
        // Users that workloads are switched to read it too, where it is mounted; nobody else can enter the folder.
        guard fchmod(descriptor, 0o644) == 0 else { throw SystemError("set the mode of \(file)") }
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { throw SystemError("write \(file)") }
    }

    /// The same, for the sake of a service.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    func update(for service: ResourceID) throws {
        do throws(SystemError) {
            try update()
        } catch {
            throw ExecutorError(error, of: service)
        }
    }

    private var text: String {
        let own = TextFile.read(hostFile) ?? "\(Self.address) localhost\n"
        let lines = current.map { "\(Self.address) \($0)\n" }.joined()
        return own + (own.hasSuffix("\n") || own.isEmpty ? "" : "\n") + lines
    }
}
