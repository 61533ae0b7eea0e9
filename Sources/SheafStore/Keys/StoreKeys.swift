import Glibc
package import SheafModel
import SheafSystem

/// The keys that seal the secrets in Sheaf's records: `keys/store.key` in its home.
///
/// A line of the file is `sheaf-store-key v1` and 64 hexadecimal digits. The first key seals, all of them open, so that
/// a new key can be put on top without anything becoming unreadable. The file is made when the first secret is sealed,
/// mode 0600; without it, what is sealed stays closed for ever.
package struct StoreKeys: SecretOpener {
    /// Where the file is.
    package let path: String

    private static let mark = "sheaf-store-key v1 "
    /// `rw-------`: bits of others make the file useless as a secret.
    private static let foreignBits: mode_t = 0o077

    /// Takes Sheaf's home; nothing is read or made yet.
    package init(home: String) { path = "\(home)/keys/store.key" }

    /// The key that seals; makes one where there is none.
    ///
    /// - Throws: `StoreError` of kind `keyUnusable` when the file cannot be read, made or trusted.
    package func sealingKey() throws -> SealingKey {
        if let key = try keys().first { return key }
        let key = SealingKey()
        do throws(SystemError) {
            try PrivateFolder.make(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
            let line = "\(Self.mark)\(Self.hexadecimal(key.bytes))\n"
            // Another process may make one at this moment: then that one counts.
            if try DurableFile.create(Array(line.utf8), at: path) { return key }
        } catch {
            throw StoreError(
                .keyUnusable,
                "the key that seals secrets cannot be made: \(error)",
                hint: "set SHEAF_HOME to a folder that you may write"
            )
        }
        guard let key = try keys().first else { throw damaged() }
        return key
    }

    /// The key that would seal, without making one.
    ///
    /// - Returns: nil when nothing was ever sealed here.
    /// - Throws: As `sealingKey()`.
    package func existingSealingKey() throws -> SealingKey? { try keys().first }

    package func open(_ secret: SealedSecret) throws -> SecretText {
        guard let key = try keys().first(where: { $0.id == secret.keyID }) else {
            throw StoreError(
                .keyUnusable,
                "the secret '\(secret.name)' was sealed with a key that is not in \(path)",
                hint: "put the file back, or apply again with the secret at hand"
            )
        }
        do throws(SealingKey.Refusal) {
            return try key.open(secret)
        } catch {
            throw StoreError(
                .keyUnusable,
                "the sealed secret '\(secret.name)' is damaged",
                hint: "apply again with the secret at hand"
            )
        }
    }

    /// The keys of the file, the one that seals first; empty when there is no file.
    private func keys() throws -> [SealingKey] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw unreadable(String(cString: strerror(errno)))
        }
        guard status.st_mode & Self.foreignBits == 0 else {
            throw StoreError(
                .keyUnusable,
                "others may read the key that seals secrets: \(path)",
                hint: "chmod 600 \(path)"
            )
        }
        guard let text = TextFile.read(path) else { throw unreadable("it cannot be opened") }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let keys = lines.compactMap { line -> SealingKey? in
            guard line.hasPrefix(Self.mark) else { return nil }
            return Self.bytes(line.dropFirst(Self.mark.count)).flatMap(SealingKey.init(bytes:))
        }
        guard keys.count == lines.count, !keys.isEmpty else { throw damaged() }
        return keys
    }

    private func damaged() -> StoreError {
        StoreError(
            .keyUnusable,
            "\(path) does not hold keys as Sheaf writes them",
            hint: "put back a copy of it, or move it aside: then secrets of earlier revisions stay closed"
        )
    }

    private func unreadable(_ reason: String) -> StoreError {
        StoreError(
            .keyUnusable,
            "the key that seals secrets cannot be read from \(path): \(reason)",
            hint: "let nobody but yourself read it: chmod 600"
        )
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        guard digits.utf8.count == 64 else { return nil }
        let pairs = stride(from: 0, to: 64, by: 2).map { digits.dropFirst($0).prefix(2) }
        let bytes = pairs.compactMap { UInt8($0, radix: 16) }
        return bytes.count == pairs.count ? bytes : nil
    }
}
