import Glibc
import SheafModel
package import SheafSystem

extension ContentDirectory {
    /// The file whose lock keeps writers and the collection of garbage apart; it is never removed.
    private var lock: String { "\(root)/blobs/lock" }

    /// Keeps everything in the store, whether anything names it or not, until the result is let go of.
    ///
    /// Who keeps content takes this before the first look whether something is there already, and lets go once what
    /// names it is recorded. Any number of processes may have it at once; a collection that is going on ends first.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    package func hold() throws -> FileLock {
        try makeFolders()
        do throws(SystemError) {
            return try FileLock.wait(for: lock, isShared: true)
        } catch {
            throw ArchiveError.writing(lock, error)
        }
    }

    /// Takes the store for who removes from it, or exchanges the key that seals: while this is held, nobody keeps
    /// anything.
    ///
    /// - Parameter waits: Whether to wait for those who are keeping something now.
    /// - Returns: The lock.
    /// - Throws: `ArchiveError` of kind `contentBusy` when somebody is and the caller does not wait, or `cannotWrite`.
    package func holdAlone(waits: Bool) throws -> FileLock {
        try makeFolders()
        do throws(SystemError) {
            if waits { return try FileLock.wait(for: lock, isShared: false) }
            if let hold = try FileLock.take(lock) { return hold }
        } catch {
            throw ArchiveError.writing(lock, error)
        }
        let holders = FileLock.holders(of: lock).map { "process \($0)\(Self.command(of: $0))" }
        throw ArchiveError(
            .contentBusy,
            "content is being kept or removed in \(EscapedText.of(root)) at this moment"
                + (holders.isEmpty ? "" : ", by \(holders.joined(separator: ", "))"),
            hint: "try again when that has ended, or wait for it with --wait",
            failureClass: .busy
        )
    }

    /// Such as ` (sheaf apply)`; empty when nobody may know.
    private static func command(of process: Int32) -> String {
        guard let line = TextFile.read("/proc/\(process)/cmdline") else { return "" }
        let words = line.split(separator: "\0").prefix(2)
        guard let program = words.first?.split(separator: "/").last else { return "" }
        return " (\(EscapedText.of(([program] + words.dropFirst()).joined(separator: " "))))"
    }
}
