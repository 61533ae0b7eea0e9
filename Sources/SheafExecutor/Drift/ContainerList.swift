import FoundationEssentials
import Subprocess
import SystemPackage

/// The containers of one home that an engine knows, running or not.
struct ContainerList: Sendable {
    /// Their names.
    let names: Set<String>

    /// Asks the engine.
    ///
    /// - Returns: nil when it does not answer: then nothing can be said.
    init?(_ engine: ContainerEngine, home: ExecutorHome) async {
        let arguments =
            engine.hostFlags + [
                "ps", "--all", "--filter", "label=sheaf.home=\(home.path)", "--format", "{{.Names}}",
            ]
        let entries = engine.environment.compactMap { key, value in
            Environment.Key(rawValue: key).map { ($0, value) }
        }
        // An engine that cannot be asked says nothing about a container; its workloads are seen by their processes.
        let result = try? await Subprocess.run(
            .path(FilePath(engine.program)),
            arguments: Arguments(arguments),
            environment: .custom(Dictionary(entries) { $1 }),
            output: .string(limit: 1 << 22),
            error: .discarded
        )
        guard let result, result.terminationStatus.isSuccess else { return nil }
        names = Set(result.standardOutput.split(separator: "\n").map(String.init))
    }
}
