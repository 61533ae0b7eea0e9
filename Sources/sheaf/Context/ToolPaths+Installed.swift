import FoundationEssentials
import SheafExecutor

extension ToolPaths {
    /// The programs beside this executable, wherever it was started from.
    ///
    /// - Throws: `UsageError` when the kernel does not tell where the executable is.
    static func installed() throws -> ToolPaths {
        do {
            return ToolPaths(beside: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        } catch {
            throw UsageError("the path of this program cannot be found: /proc is not mounted", hint: "mount /proc")
        }
    }
}
