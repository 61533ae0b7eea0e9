import CLinux
import Glibc
import SheafModel
import SheafSystem

/// A small file of the user's that Sheaf reads as a whole.
enum SettingsFile {
    private static let mostBytes = 1 << 20

    /// Reads a file that only its owner's word may be in.
    ///
    /// - Parameters:
    ///   - path: Of a file that other users cannot write to.
    ///   - prefix: What the codes of errors begin with.
    /// - Returns: nil when there is no such file.
    /// - Throws: `SettingsError` with `unreadable`, `writable-by-others` or `too-large`.
    static func read(_ path: String, prefix: String) throws -> [UInt8]? {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else {
            // A link into nowhere is no absent file: somebody meant settings to hold.
            if errno == ENOENT || errno == ENOTDIR, !isThere(path) { return nil }
            throw unreadable(path, prefix, SystemError("open \(path)"))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, prefix, SystemError("read \(path)")) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable(path, prefix, SystemError("read \(path)", number: EINVAL))
        }
        guard status.st_mode & 0o002 == 0 else {
            throw SettingsError(
                code: "\(prefix).writable-by-others",
                message: "every user can write to '\(path)'",
                hint: "look through it, then run: chmod o-w '\(path)'"
            )
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, prefix, SystemError("read \(path)")) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= mostBytes else {
                throw SettingsError(
                    code: "\(prefix).too-large",
                    message: "'\(path)' is larger than \(mostBytes) bytes",
                    hint: nil
                )
            }
        }
    }

    /// Whether there is something of that name, a link into nowhere included.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func unreadable(_ path: String, _ prefix: String, _ error: SystemError) -> SettingsError {
        SettingsError(
            code: "\(prefix).unreadable",
            message: "cannot read '\(path)': \(error.reason)",
            hint: "make it a file that you can read, or remove it"
        )
    }
}

/// A file of settings that cannot be used.
struct SettingsError: SheafError {
    let code: String
    let message: String
    let hint: String?

    init(code: String, message: String, hint: String?) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// Sums up findings that were told.
    init(_ findings: [Diagnostic], in path: String) {
        let errors = findings.filter { $0.severity == .error }
        self.init(
            code: errors.first?.code ?? "settings.invalid",
            message: "\(errors.count) \(errors.count == 1 ? "error" : "errors") in '\(path)'",
            hint: nil
        )
    }

    var failureClass: FailureClass { .invalidInput }
}
