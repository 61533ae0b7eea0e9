import FoundationEssentials

/// The file that this process runs.
enum RunningProgram {
    /// Its path, wherever it was started from.
    ///
    /// - Throws: `UsageError` when the kernel does not tell.
    static func path() throws -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw UsageError("the path of this program cannot be found: /proc is not mounted", hint: "mount /proc")
        }
    }
}
