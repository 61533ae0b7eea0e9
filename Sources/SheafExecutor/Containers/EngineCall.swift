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
        try await run(arguments, input: input, PlatformOptions())
    }

    /// Asks the engine something that it should know, for people or an apply who must not wait for ever.
    ///
    /// - Parameters:
    ///   - arguments: As for `run`.
    ///   - patience: Returns when it has been waited for long enough.
    /// - Returns: nil when the program cannot be started, or has not answered by then; what it has started is killed, but
    ///   for what has left its process group.
    func ask(_ arguments: [String], until patience: @escaping @Sendable () async -> Void) async -> Answer? {
        var options = PlatformOptions()
        // Whatever it has started holds the other end of its output, which is read to its end.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let isolated = options
        return await withTaskGroup(of: Answer?.self) { group in
            // Why it cannot be started is told when something is to be changed; here it has not answered.
            group.addTask { try? await run(arguments, input: [], isolated) }
            group.addTask {
                await patience()
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
    }

    /// Asks the engine something, at most for a time.
    func ask(_ arguments: [String], within limit: Duration) async -> Answer? {
        // Ended before its time once there is an answer.
        await ask(arguments) { try? await Task.sleep(for: limit) }
    }

    /// How long an engine may take to say what it knows.
    static let answerTime = Duration.seconds(10)

    private func run(_ arguments: [String], input: [UInt8], _ options: PlatformOptions) async throws -> Answer {
        let entries = engine.environment.merging(variables) { $1 }.compactMap { key, value in
            Environment.Key(rawValue: key).map { ($0, value) }
        }
        let result = try await Subprocess.run(
            .path(FilePath(engine.program)),
            arguments: Arguments(engine.hostFlags + arguments),
            environment: .custom(Dictionary(entries) { $1 }),
            platformOptions: options,
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
