import Glibc
import SheafModel
import SheafSystem

/// Reads the value of a secret: from a file, from standard input, or from somebody who types it.
struct SecretInput {
    let name: String
    let terminal: Terminal

    /// More than any variable or file of a workload can take.
    private static let limit = 1 << 20
    /// `rwx` for others than the owner.
    private static let foreignBits: mode_t = 0o077

    /// Reads the value; one line end behind it is dropped.
    ///
    /// - Parameter file: nil for standard input. Where that is a terminal, what is typed does not show.
    /// - Returns: A text that is not empty.
    /// - Throws: `SourceError` that says what is wrong, and nothing of the value.
    func read(from file: String?) throws -> SecretText {
        let bytes: [UInt8]?
        if let file {
            warn(of: file)
            bytes = try ReadableFile.contents(of: file, limit: Self.limit)
        } else if terminal.isInputTerminal {
            bytes = try typed()
        } else {
            bytes = try piped()
        }
        guard let bytes else {
            throw refusal("has more than \(Self.limit) bytes", hint: "put such a file into a volume")
        }
        return try value(Self.withoutLineEnd(bytes))
    }

    private func value(_ bytes: [UInt8]) throws -> SecretText {
        guard !bytes.isEmpty else { throw refusal("is empty", hint: "give it on standard input, or with --from-file") }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw refusal("is no text in UTF-8", hint: "encode it, with base64 for example")
        }
        return SecretText(text)
    }

    static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == UInt8(ascii: "\n") else { return bytes }
        let line = bytes.dropLast()
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    private func piped() throws -> [UInt8]? {
        do throws(SystemError) {
            return try WholeFile.read(descriptor: STDIN_FILENO, named: "standard input", limit: Self.limit)
        } catch {
            throw SourceError.unreadable("-", error)
        }
    }

    private func typed() throws -> [UInt8]? {
        if terminal.isErrorTerminal { StandardStreams.error.write("value of \(name): ") }
        defer { if terminal.isErrorTerminal { StandardStreams.error.write("\n") } }
        do throws(SystemError) {
            return try HiddenLine.read(from: STDIN_FILENO)
        } catch {
            throw SourceError.unreadable("-", error)
        }
    }

    private func warn(of file: String) {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & Self.foreignBits != 0
        else { return }
        StandardStreams.error.write("note: others than you can read '\(PrintableText.oneLine(file))'\n")
    }

    private func refusal(_ reason: String, hint: String) -> SourceError {
        SourceError(code: "values.secret-value", message: "the value of the secret '\(name)' \(reason)", hint: hint)
    }
}
