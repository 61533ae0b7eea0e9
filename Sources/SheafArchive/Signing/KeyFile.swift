import CLinux
import Glibc
import SheafModel
import SheafSystem

/// Key files on the disk.
package enum KeyFile {
    /// What the name of a public key file ends with.
    package static let publicSuffix = ".pub"
    /// Key files have some hundred bytes.
    private static let mostBytes = 1 << 16

    /// Reads a key that can sign.
    ///
    /// - Parameter path: An OpenSSH private key file, readable for its owner only. A pipe will do too.
    /// - Throws: `ArchiveError` of kind `signatureKeyMissing`, `signatureKeyExposed`, and those of `SigningKey`, each
    ///   with the path in its message.
    /// - Returns: The key with its comment.
    package static func signingKey(at path: String) throws -> SigningKey {
        let file = try open(path)
        let bytes = try content(of: file, at: path)
        if SigningKey.isPrivate(bytes) { try checkPrivacy(of: file, at: path) }
        return try naming(path) { try SigningKey(file: bytes) }
    }

    /// Reads a key that can verify.
    ///
    /// - Parameter path: A `.pub` file with one key, or a private key file, of which only the public half is read.
    /// - Throws: `ArchiveError` of kind `signatureKeyMissing`, and those of `VerificationKey`, each with the path in its
    ///   message.
    /// - Returns: The only key in the file.
    package static func verificationKey(at path: String) throws -> VerificationKey {
        let bytes = try content(of: open(path), at: path)
        return try naming(path) {
            if SigningKey.isPrivate(bytes) { return try SigningKey.publicHalf(of: bytes) }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw VerificationKey.malformed("it is no text")
            }
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
            guard lines.count == 1 else {
                throw VerificationKey.malformed("the file has \(lines.count) lines, and should have one key")
            }
            return try VerificationKey(line: String(lines[0]))
        }
    }

    /// Writes both halves of a new key: `path` for its owner only, and `path.pub`.
    ///
    /// - Parameters:
    ///   - key: Just made.
    ///   - path: Must not exist yet, nor the other; the folder must.
    /// - Throws: `ArchiveError` of kind `signatureKeyExists`, `noSpace` or `cannotWrite`.
    package static func write(_ key: SigningKey, to path: String) throws {
        for name in [path, path + publicSuffix] { NewFile.sweep(beside: name) }
        let line = key.publicKey.line(comment: key.comment) + "\n"
        try write(key.fileText(), to: path, mode: 0o600) { try checkFree(path + publicSuffix) }
        try write(Array(line.utf8), to: path + publicSuffix, mode: 0o644) {}
    }

    /// Gives a file its name once it is whole; the name never stands for another file or half of one.
    private static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32,
        before: () throws -> Void
    ) throws {
        try checkFree(path)
        try before()
        do {
            let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
            let file = try OpenFile.anonymous(in: folder)
            try fill(file, bytes, mode: mode)
            if sheaf_link_anonymous(file.descriptor, path) != 0 {
                // EEXIST is the answer; everything else means that files cannot be named afterwards here.
                guard errno != EEXIST else { throw SystemError("write \(path)") }
                try writeBeside(bytes, to: path, mode: mode)
            }
            try DurableFile.syncFolder(of: path)
        } catch let error as SystemError {
            if error.number == EEXIST { throw exists(path) }
            throw ArchiveError.writing(path, error)
        }
    }

    /// Writes where files cannot be named afterwards: under another name, which nobody takes for a key.
    private static func writeBeside(_ bytes: [UInt8], to path: String, mode: UInt32) throws(SystemError) {
        let temporary = try TemporaryFile(for: path, mode: 0o600)
        try fill(temporary.file, bytes, mode: mode)
        try temporary.publishNew(as: path)
    }

    private static func fill(_ file: OpenFile, _ bytes: [UInt8], mode: UInt32) throws(SystemError) {
        try file.write(bytes)
        guard fchmod(file.descriptor, mode) == 0 else { throw SystemError("set the mode of \(file.name)") }
        try file.sync()
    }

    private static func checkFree(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw exists(path) }
    }

    private static func exists(_ path: String) -> ArchiveError {
        ArchiveError(
            .signatureKeyExists,
            "\(EscapedText.of(path)) is there already, and keys are never overwritten",
            hint: "choose another name; 'ssh-keygen -y -f KEY >KEY.pub' makes a lost public half again",
            failureClass: .refused
        )
    }

    private static func open(_ path: String) throws -> OpenFile {
        // Opening waits for the writer of a named pipe, as any program does.
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            let error = SystemError("open \(path)")
            throw ArchiveError(
                .signatureKeyMissing,
                "cannot read the key \(EscapedText.of(path)): \(error.reason)",
                hint: "name a key file; 'sheaf keygen' makes one"
            )
        }
        return OpenFile(adopting: descriptor, name: path)
    }

    /// Refuses a private key that others can read, as `ssh` does.
    private static func checkPrivacy(of file: OpenFile, at path: String) throws {
        do throws(SystemError) {
            let status = try file.status()
            guard FileType(mode: status.st_mode) == .regular, status.st_uid == getuid(), status.st_mode & 0o077 != 0
            else { return }
        } catch {
            throw ArchiveError.reading(path, error)
        }
        let shown = EscapedText.of(path)
        throw ArchiveError(
            .signatureKeyExposed,
            "other users can read the private key \(shown)",
            hint: "run: chmod 600 '\(shown)'"
        )
    }

    private static func content(of file: OpenFile, at path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= mostBytes {
            let count = read(file.descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ArchiveError.reading(path, SystemError("read \(path)")) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw ArchiveError(.signatureKeyMalformed, "\(EscapedText.of(path)) is far too large for a key")
    }

    private static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ArchiveError {
            throw ArchiveError(
                error.kind,
                "\(EscapedText.of(path)): \(error.message)",
                hint: error.hint,
                failureClass: error.failureClass
            )
        }
    }
}
