import CLinux
import Glibc
import SheafModel
import SheafSystem

extension ImageRecords {
    /// The generations of which there is a record, ascending, by workload.
    var all: [ResourceID: [Int]] {
        var all: [ResourceID: [Int]] = [:]
        for workspace in FileTree.names(in: home.images) ?? [] {
            for kind in ResourceKind.allCases where kind.runsProcesses {
                for name in FileTree.names(in: "\(home.images)/\(workspace)/\(kind.rawValue)") ?? [] {
                    let id = ResourceID(kind: kind, workspace: workspace, name: name)
                    all[id] = generations(of: id)
                }
            }
        }
        return all
    }

    /// The generations of a workload whose records nobody asks for any more.
    ///
    /// A revision asks for the last record up to its number (`record(for:)`). A number that a bundle has not given away
    /// yet may be that of a record which is just being written, so those stay.
    /// - Parameters:
    ///   - generations: That have a record, ascending.
    ///   - revisions: In the histories, of the bundles that name the workload; by bundle.
    ///   - present: The generations that are live, or are just being made.
    /// - Returns: Ascending.
    static func unneeded(_ generations: [Int], revisions: [String: [Int]], present: Set<Int>) -> [Int] {
        let restorable = revisions.values.joined().compactMap { number in generations.last { $0 <= number } }
        let needed = present.union(restorable)
        let settled = revisions.values.map { $0.max() ?? 0 }.min() ?? .max
        return generations.filter { $0 <= settled && !needed.contains($0) }
    }

    /// Forgets what a generation of a workload ran.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    func remove(_ id: ResourceID, _ generation: Int) throws {
        do throws(SystemError) {
            try FileTree.remove(path(id, generation), below: home.images)
        } catch {
            throw ExecutorError(error, of: id)
        }
    }

    /// What a record takes on the disk, in bytes; nothing when it is gone.
    func size(_ id: ResourceID, _ generation: Int) -> Int64 {
        var information = stat()
        guard lstat(path(id, generation), &information) == 0 else { return 0 }
        return Int64(information.st_blocks) * 512
    }
}
