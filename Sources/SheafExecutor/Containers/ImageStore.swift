import FoundationEssentials
import Subprocess
import SystemPackage

/// The images that a container engine has, or can get.
struct ImageStore {
    let engine: ContainerEngine

    /// Makes sure that an image is there.
    ///
    /// - Parameters:
    ///   - image: As the manifest writes it.
    ///   - loginFolder: Holds `config.json` with the credentials of a private registry.
    ///   - title: Of the workload, for the error.
    /// - Throws: `ExecutorError` with `image-unavailable`.
    func ensure(_ image: String, loginFolder: String?, for title: String) async throws {
        let probe = engine.kind == .podman ? ["image", "exists", image] : ["image", "inspect", image]
        let (isThere, problem) = try await run(probe, loginFolder: nil)
        if isThere { return }
        let (isPulled, failure) = try await run(["pull", "--quiet", image], loginFolder: loginFolder)
        if isPulled { return }
        let lines = (failure.isEmpty ? problem : failure).split(separator: "\n")
        let reason = lines.last(where: { $0.hasPrefix("Error") }) ?? lines.last ?? "no reason given"
        throw ExecutorError(
            .imageUnavailable,
            "cannot get the image '\(image)' of \(title): \(reason)",
            hint: "check its name, or run: \(engine.kind.rawValue) pull \(image)",
            isTransient: Self.mayPass(failure)
        )
    }

    /// What the engines say where a registry could not be reached or was too busy; they have no codes for it.
    private static let passingReasons = [
        "timeout", "timed out", "connection refused", "connection reset", "broken pipe", "unexpected eof",
        "temporary failure in name resolution", "too many requests", "toomanyrequests",
        "received unexpected http status: 5", "500 internal server error", "502 bad gateway", "503 service unavailable",
        "504 gateway timeout",
    ]

    /// Whether a pull may succeed a moment later: the registry did not say no.
    static func mayPass(_ failure: String) -> Bool {
        let failure = failure.lowercased()
        return passingReasons.contains { failure.contains($0) }
    }

    private func run(_ arguments: [String], loginFolder: String?) async throws -> (isSuccess: Bool, problem: String) {
        var environment = engine.environment
        if let loginFolder {
            environment["REGISTRY_AUTH_FILE"] = "\(loginFolder)/config.json"
            environment["DOCKER_CONFIG"] = loginFolder
        }
        let entries = environment.map { (Environment.Key(rawValue: $0.key), $0.value) }
        let result = try await Subprocess.run(
            .path(FilePath(engine.program)),
            arguments: Arguments(engine.hostFlags + arguments),
            environment: .custom(
                Dictionary(entries.compactMap { key, value in key.map { ($0, value) } }, uniquingKeysWith: { $1 })
            ),
            output: .discarded,
            error: .string(limit: 1 << 20)
        )
        return (result.terminationStatus.isSuccess, result.standardError)
    }
}
