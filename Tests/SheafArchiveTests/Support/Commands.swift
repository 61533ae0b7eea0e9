import Glibc
import Subprocess
import Testing

/// Runs programs for tests, away from the user's configuration.
enum Commands {
    struct Failed: Error { let text: String }

    /// Runs a program and gives its standard output.
    @discardableResult
    static func run(
        _ program: String,
        _ arguments: [String],
        in folder: String,
        environment: [String: String] = [:]
    ) async throws -> String {
        var variables: [Environment.Key: String] = [
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder, "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "1700000000 +0000",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org",
            "GIT_COMMITTER_DATE": "1700000000 +0000",
        ]
        for (key, value) in environment {
            if let name = Environment.Key(rawValue: key) { variables[name] = value }
        }
        let result = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(["-C", folder, program] + arguments),
            environment: .custom(variables),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else {
            throw Failed(text: "\(program) \(arguments): \(result.standardError)")
        }
        return result.standardOutput
    }
}

/// A git repository in a scratch folder.
struct Repository: Sendable {
    let scratch: Scratch
    var path: String { scratch.path }

    /// Makes a repository with one commit of these files.
    init(_ files: [String: String] = ["bundle.yaml": "name: shop\n", "sql/a.sql": "select 1\n"]) async throws {
        scratch = try Scratch()
        try await git("init", "-q", "-b", "main")
        for (name, text) in files { try scratch.write(name, text) }
        if !files.isEmpty { try await commit("first") }
    }

    @discardableResult
    func git(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        try await Commands.run("git", arguments, in: path, environment: environment)
    }

    func commit(_ message: String) async throws {
        try await git("add", "-A")
        try await git("commit", "-q", "-m", message)
    }
}
