import Glibc
import SheafSteampipe
import SheafSystem
import SheafTestSupport

/// The built program, serving a scratch folder.
final class RunningService {
    static let password = "se'cret \\ pass"
    /// The programs that the tests of the whole service need.
    static var isPossible: Bool {
        // Absence is the answer here, not an error.
        let binaries = try? PostgresBinaries.find(environment: [:])
        return binaries != nil && access("/usr/bin/psql", X_OK) == 0 && access(program, X_OK) == 0
    }
    static var program: String {
        let folder = (Folder.real("/proc/self/exe") ?? "").split(separator: "/").dropLast().joined(separator: "/")
        return "/\(folder)/sheaf-steampipe"
    }

    let port: Int
    private let process: ChildProcess
    private let output: Descriptor
    private let errors: Descriptor
    private var said = ""
    private var isCollected = false

    init(_ scratch: ScratchFolder, port: Int? = nil, dataFolder: String = "data") throws {
        self.port = try port ?? FreePort.find()
        let (output, outputEnd) = try Descriptor.pipe()
        let (errors, errorEnd) = try Descriptor.pipe()
        self.output = output
        self.errors = errors
        let arguments = [
            Self.program, "--config-dir", "\(scratch.path)/config", "--data-dir", "\(scratch.path)/\(dataFolder)",
            "--port", String(self.port),
        ]
        let environment = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "STEAMPIPE_DATABASE_PASSWORD=\(Self.password)"]
        // No death signal: the threads of the test runner come and go.
        process = try ChildProcess(
            arguments,
            environment: environment,
            output: outputEnd,
            errors: errorEnd,
            deathSignal: 0
        )
    }

    func waitUntilReady() throws { try wait(for: "Hit Ctrl+C", on: output) }

    /// Waits until the service has said something in its log since the last wait.
    func waitForLog(_ text: String) throws { try wait(for: text, on: errors) }

    private func wait(for text: String, on descriptor: Descriptor) throws {
        while true {
            if let range = said.range(of: text) {
                said = String(said[range.upperBound...])
                return
            }
            var entry = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 600_000) == 1, case let bytes = try descriptor.read(), !bytes.isEmpty else {
                throw SteampipeError("test.wait", "the service did not say '\(text)' but: \(said)")
            }
            said += String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Runs SQL as the user steampipe; rows are lines, columns are parted by `|`.
    func sql(_ text: String, password: String = RunningService.password) throws -> (code: Int32, output: String) {
        let result = try ChildProcess.run(
            [
                "psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", String(port), "-U", "steampipe",
                "-d", "steampipe", "-c", text,
            ],
            environment: ["PATH=/usr/bin:/bin", "PGPASSWORD=\(password)", "LANG=C.UTF-8"]
        )
        return (result.code, result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output)
    }

    func rows(_ text: String) throws -> String {
        let (code, output) = try sql(text)
        guard code == 0 else { throw SteampipeError("test.sql", output) }
        return output
    }

    /// Ends the service and gives its exit code.
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        guard !isCollected else { return -1 }
        isCollected = true
        process.signal(signal)
        return process.wait()
    }

    /// Waits for the service to end by itself and gives its exit code.
    func waitForEnd() -> Int32 {
        guard !isCollected else { return -1 }
        isCollected = true
        return process.wait()
    }

    deinit { _ = stop() }
}

extension String {
    /// The first place of a text.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
