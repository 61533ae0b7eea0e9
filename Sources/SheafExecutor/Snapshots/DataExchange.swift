import CLinux
package import SheafModel
import SheafSystem

/// Exchanges the data of a volume for other data that stands ready, and back.
///
/// Which of the two is in place shows by the mark of the folder that stood ready, its inode and time of birth, which the
/// journal has before anything is exchanged. So each call finds out how far a killed one came, and may be repeated. Nothing is ever
/// removed but that folder. Blocks.
package struct DataExchange: Sendable {
    /// The path of the volume.
    let volume: String
    /// Where the data stands ready.
    let staged: String
    /// What the volume's own data is called once it is set aside.
    let aside: String
    let id: ResourceID

    /// Takes the three paths, on one file system.
    package init(volume: String, staged: String, aside: String, id: ResourceID) {
        self.volume = volume
        self.staged = staged
        self.aside = aside
        self.id = id
    }

    /// What tells the folder that stands ready from all others, for the journal.
    package func mark() throws -> String {
        guard let mark = self.mark(of: staged) else {
            throw ExecutorError(.notPrepared, "cannot exchange the data of \(id): \(staged) is missing")
        }
        return mark
    }

    /// Whether the volume has its own data, as before the exchange.
    package func isUntouched(mark: String) -> Bool {
        self.mark(of: volume).map { $0 != mark } ?? !FileTree.exists(aside)
    }

    /// Puts the data that stands ready in the place of the volume's, which is set aside.
    ///
    /// - Throws: As `revert(mark:)`.
    package func exchange(mark: String) throws {
        try reportingFailure { () throws(SystemError) in
            if holds(staged, mark) {
                if FileTree.exists(volume) {
                    try swap(staged, volume)
                } else {
                    try FileTree.makeFolder(FileTree.parent(of: volume), isSynced: true)
                    try FileTree.rename(staged, to: volume)
                }
                try DurableFile.syncFolder(of: volume)
            }
            guard holds(volume, mark) else { return }
            if FileTree.exists(staged) { try FileTree.rename(staged, to: aside) }
            if FileTree.exists(aside) { try DurableFile.syncFolder(of: aside) }
        }
        guard holds(volume, mark) else { throw unclear }
    }

    /// Puts the volume's own data back and removes the other.
    ///
    /// - Parameter mark: nil when the exchange cannot have begun.
    /// - Throws: `ExecutorError`, with `data-unclear` when somebody else has put something in the way.
    package func revert(mark: String?) throws {
        guard let mark else {
            return try reportingFailure { () throws(SystemError) in try FileTree.remove(staged) }
        }
        try reportingFailure { () throws(SystemError) in
            for own in [aside, staged] where FileTree.exists(own) && !holds(own, mark) {
                if holds(volume, mark) {
                    try swap(own, volume)
                } else if !FileTree.exists(volume) {
                    try FileTree.rename(own, to: volume)
                }
                try DurableFile.syncFolder(of: volume)
            }
            for other in [aside, staged] where holds(other, mark) { try FileTree.remove(other) }
        }
        guard !FileTree.exists(aside), !FileTree.exists(staged) else { throw unclear }
    }

    private func swap(_ one: String, _ other: String) throws(SystemError) {
        guard sheaf_exchange_names(one, other) == 0 else { throw SystemError("exchange \(one) and \(other)") }
    }

    /// Whether a path names the folder that stood ready.
    private func holds(_ path: String, _ mark: String) -> Bool { self.mark(of: path) == mark }

    private func mark(of path: String) -> String? {
        var (inode, birth): (UInt64, Int64) = (0, 0)
        return sheaf_file_identity(path, &inode, &birth) == 0 ? "\(inode)-\(birth)" : nil
    }

    private func reportingFailure(_ body: () throws(SystemError) -> Void) throws {
        do throws(SystemError) {
            try body()
        } catch {
            throw ExecutorError(error, of: id)
        }
    }

    private var unclear: ExecutorError {
        ExecutorError(
            .dataUnclear,
            "it is not clear which data of \(id) is its own: \(volume), \(aside) and \(staged) are not as Sheaf left them",
            hint: "keep the one that you need as \(volume), move the others away, then 'sheaf recover'"
        )
    }
}
