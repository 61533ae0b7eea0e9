import FoundationEssentials
import Subprocess
import SystemPackage

/// Calls of a container engine that are waited for.
struct EngineCall {
    let engine: ContainerEngine
    /// For these calls only, above those of the engine.
    var variables: [String: String] = [:]

    /// What a call left.
    struct Answer: Sendable {
        var isSuccess: Bool
        var output: String
        /// What it said on standard error.
        var problem: String

        /// The line of its words that says what went wrong.
        var reason: String {
            let lines = problem.split(separator: "\n")
            let line = lines.last { $0.hasPrefix("Error") } ?? lines.last
            return line.map { String($0.trimmingPrefix("Error: ")) } ?? "no reason given"
        }
    }

    /// Runs one command of the engine, such as `image inspect`.
    ///
    /// - Parameters:
    ///   - arguments: Without the program and the flags that the host needs.
    ///   - input: For its standard input.
    /// - Returns: What it left, whether it has worked or not.
    /// - Throws: What `Subprocess` throws when the program cannot be started.
    func run(_ arguments: [String], input: [UInt8] = []) async throws -> Answer {
        let entries = engine.environment.merging(variables) { $1 }.compactMap { key, value in
            Environment.Key(rawValue: key).map { ($0, value) }
        }
        let result = try await Subprocess.run(
            .path(FilePath(engine.program)),
            arguments: Arguments(engine.hostFlags + arguments),
            environment: .custom(Dictionary(entries) { $1 }),
            input: .array(input),
            output: .string(limit: Self.outputLimit),
            error: .string(limit: Self.outputLimit)
        )
        return Answer(
            isSuccess: result.terminationStatus.isSuccess,
            output: result.standardOutput,
            problem: result.standardError
        )
    }

    /// In bytes; a list of ten thousand containers needs less.
    private static let outputLimit = 1 << 22
}
