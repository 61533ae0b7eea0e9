import Glibc
import SheafSystem
import Subprocess
import SystemPackage
import Testing

/// A program that a test needs beside it; it ends with the test.
final class BackgroundProgram: Sendable {
    private let process: ProcessIdentity

    /// - Parameters:
    ///   - command: In the words of a shell.
    ///   - log: Where its output goes.
    /// - Throws: When it cannot be started.
    init(_ command: String, log: String) async throws {
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", "exec >'\(log)' 2>&1 </dev/null; setsid \(command) & echo $! >'\(log).pid'"],
            output: .discarded,
            error: .discarded
        )
        #expect(result.terminationStatus.isSuccess)
        let text = try #require(TextFile.read("\(log).pid"))
        process = try #require(Int32(text.dropLast()).flatMap { ProcessIdentity(of: $0) }, "\(command) did not start")
    }

    deinit { process.signal(SIGKILL) }
}
