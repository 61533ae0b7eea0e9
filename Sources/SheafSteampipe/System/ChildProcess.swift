import CLinux
import Glibc
package import SheafSystem

/// A program that this process started, and that ends with the thread that started it.
package final class ChildProcess: Sendable {
    package let pid: Int32
    /// Becomes readable when the program ends.
    package let ended: Descriptor

    /// Starts a program in a process group of its own, without standard input.
    ///
    /// - Parameters:
    ///   - arguments: The program, looked up in PATH, and its arguments.
    ///   - environment: `NAME=value` each.
    ///   - folder: The working directory; that of this process when nil.
    ///   - output: Standard output; `/dev/null` when nil.
    ///   - errors: Standard error; that of this process when nil.
    ///   - deathSignal: What the program gets when the thread that starts it ends.
    /// - Throws: `SystemError` when it cannot be executed, or its folder cannot be entered.
    package init(
        _ arguments: [String],
        environment: [String],
        folder: String? = nil,
        output: Descriptor? = nil,
        errors: Descriptor? = nil,
        deathSignal: Int32 = SIGKILL
    ) throws {
        let null = sheaf_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        guard null >= 0 else { throw SystemError("open /dev/null") }
        defer { close(null) }
        let words = CStrings(arguments)
        let variables = CStrings(environment)
        var failure = sheaf_spawn_failure()
        let started = words.withPointers { words in
            variables.withPointers { variables in
                var request = sheaf_spawn_request(
                    arguments: words,
                    environment: variables,
                    directory: nil,
                    standard_input: null,
                    standard_output: output?.number ?? null,
                    standard_error: errors?.number ?? STDERR_FILENO,
                    search_path: true,
                    new_session: false,
                    death_signal: deathSignal,
                    umask: -1,
                    limits: nil,
                    limit_count: 0,
                    groups: nil,
                    group_count: 0,
                    isolation: nil
                )
                return Self.spawn(&request, in: folder, &failure)
            }
        }
        guard started > 0 else {
            let isFolder = failure.step == SHEAF_STEP_DIRECTORY
            let action = isFolder ? "enter \(folder ?? "")" : "start \(arguments.first ?? "")"
            throw SystemError(action, number: failure.number)
        }
        let handle = sheaf_pidfd_open(started)
        guard handle >= 0 else {
            let failure = SystemError("watch \(arguments.first ?? "")")
            kill(-started, SIGKILL)
            waitpid(started, nil, 0)
            throw failure
        }
        pid = started
        ended = Descriptor(owning: handle)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: Its exit code (-1 when a signal ended it), and what it wrote to both its outputs.
    package static func run(
        _ arguments: [String],
        environment: [String],
        folder: String? = nil
    ) throws -> (code: Int32, output: String) {
        let (process, read) = try started(arguments, environment, folder)
        var output: [UInt8] = []
        while case let bytes = try read.read(), !bytes.isEmpty { output += bytes }
        return (process.wait(), String(decoding: output, as: UTF8.self))
    }

    /// The end that is written to closes here, so that reading comes to an end.
    private static func started(
        _ arguments: [String],
        _ environment: [String],
        _ folder: String?
    ) throws -> (ChildProcess, Descriptor) {
        let (read, write) = try Descriptor.pipe()
        let process = try ChildProcess(
            arguments,
            environment: environment,
            folder: folder,
            output: write,
            errors: write
        )
        return (process, read)
    }

    private static func spawn(
        _ request: inout sheaf_spawn_request,
        in folder: String?,
        _ failure: inout sheaf_spawn_failure
    ) -> Int32 {
        guard let folder else { return sheaf_spawn(&request, &failure) }
        return folder.withCString { folder in
            request.directory = folder
            defer { request.directory = nil }
            return sheaf_spawn(&request, &failure)
        }
    }

    /// Sends a signal to the program itself.
    ///
    /// Only before `wait`: later the number may be another's.
    package func signal(_ number: Int32) { kill(pid, number) }

    /// Sends a signal to the program and what it started.
    ///
    /// Only before `wait`.
    package func signalGroup(_ number: Int32) { kill(-pid, number) }

    /// Blocks until the program has ended, and collects it.
    ///
    /// To be called once.
    /// - Returns: Its exit code, or -1 when a signal ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }
}

/// Strings as C wants them: a list of pointers with a null at its end.
private final class CStrings {
    private var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) { pointers = texts.map { strdup($0) } + [nil] }

    /// -1 only when there is no list, which cannot be: it holds at least the null.
    func withPointers(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32) -> Int32 {
        pointers.withUnsafeBufferPointer { $0.baseAddress.map(body) ?? -1 }
    }

    deinit { for pointer in pointers { free(pointer) } }
}
