import SheafExecutor

extension ToolPaths {
    /// The programs beside this executable, wherever it was started from.
    ///
    /// - Throws: `UsageError` when the kernel does not tell where the executable is.
    static func installed() throws -> ToolPaths { ToolPaths(beside: try RunningProgram.path()) }
}
