import Glibc
package import SheafModel
import SheafSystem

/// The keys that seal the secrets in Sheaf's records: `keys/store.key` in its home, or the file that the user names.
///
/// A line of the file is `sheaf-store-key v1` and 64 hexadecimal digits. All keys open; the first seals, unless the
/// records name another of the file. While the key is exchanged there is a second one, `sheaf-store-next-key v1`, which
/// the records name from the moment on at which everything in them is sealed with it. The file is made when the first
/// secret is sealed, mode 0600; without it, what is sealed stays closed for ever.
///
/// Who seals for the records holds the content store (`ContentDirectory.hold()`) from before it looks which key seals
/// until the record is written; who exchanges the key holds it alone. So nothing is recorded under a key that is about
/// to go.
package struct StoreKeys: SecretOpener {
    /// Where the file is.
    package let path: String
    /// Whether the user has named the file.
    package let isNamed: Bool

    private let home: String

    private static let mark = "sheaf-store-key v1 "
    private static let nextMark = "sheaf-store-next-key v1 "
    /// `rw-------`: bits of others make the file useless as a secret.
    private static let foreignBits: mode_t = 0o077

    /// Takes Sheaf's home; nothing is read or made yet.
    package init(home: String) {
        self.home = home
        path = "\(home)/keys/store.key"
        isNamed = false
    }

    /// Takes Sheaf's home, and a file that the user names; nothing is read or made yet.
    ///
    /// Its folder is never made: where a disk with keys is not mounted, no other key must be made in its place.
    package init(home: String, file: String) {
        self.home = home
        path = file
        isNamed = true
    }

    /// The key that seals; makes one where there is none.
    ///
    /// - Throws: `StoreError` of kind `keyUnusable` when the file cannot be read, made or trusted.
    package func sealingKey() throws -> SealingKey {
        if let key = try existingSealingKey() { return key }
        try requireNoOtherFile()
        let key = SealingKey()
        do throws(SystemError) {
            if !isNamed { try PrivateFolder.make(folder) }
            // Another process may make one at this moment: then that one counts.
            if try DurableFile.create(Array(Self.line(key, Self.mark).utf8), at: path) { return key }
        } catch {
            throw StoreError(
                .keyUnusable,
                "the key that seals secrets cannot be made: \(error)",
                hint: isNamed
                    ? "let SHEAF_KEY_FILE name a file in a folder that you may write"
                    : "set SHEAF_HOME to a folder that you may write"
            )
        }
        guard let key = try existingSealingKey() else { throw damaged() }
        return key
    }

    /// Refuses to make a second key beside that of the home, which nobody wants by a name that is mistyped.
    private func requireNoOtherFile() throws {
        let usual = StoreKeys(home: home)
        guard isNamed, try usual.text() != nil else { return }
        throw StoreError(
            .keyUnusable,
            "\(path) is not there, and this home has its key in \(usual.path)",
            hint: "move that file to where SHEAF_KEY_FILE says, or unset SHEAF_KEY_FILE"
        )
    }

    /// The key that would seal, without making one.
    ///
    /// - Returns: nil when nothing was ever sealed here.
    /// - Throws: As `sealingKey()`.
    package func existingSealingKey() throws -> SealingKey? {
        let entries = try entries()
        // One key leaves no choice, so the records are asked only while the key is exchanged. When they name none of the
        // file, as those of a copy may, any of them is right.
        guard entries.count > 1, let recorded = try Store.openExisting(home: home)?.sealingKeyID(),
            let entry = entries.first(where: { $0.key.id == recorded })
        else { return entries.first { !$0.isNext }?.key }
        return entry.key
    }

    /// Refuses what was sealed with a key that does not seal any more.
    ///
    /// - Parameter keyID: Of the key that sealed, not long ago.
    /// - Throws: `StoreError` of kind `keyExchanged` when another key seals now; else as `sealingKey()`.
    package func requireSealing(with keyID: String) throws {
        guard try existingSealingKey()?.id != keyID else { return }
        throw StoreError(
            .keyExchanged,
            "the key that seals secrets was exchanged at this moment; nothing was changed",
            hint: "run the command again"
        )
    }

    package func open(_ secret: SealedSecret) throws -> SecretText {
        guard let key = try entries().lazy.map(\.key).first(where: { $0.id == secret.keyID }) else {
            throw StoreError(
                .keyUnusable,
                "the secret '\(secret.name)' was sealed with a key that is not in \(path)",
                hint: isNamed
                    ? "let SHEAF_KEY_FILE name the file with that key; \(Self.remedy(secret))"
                    : "put the file back, or name it with SHEAF_KEY_FILE; \(Self.remedy(secret))"
            )
        }
        do throws(SealingKey.Refusal) {
            return try key.open(secret)
        } catch {
            throw StoreError(
                .keyUnusable,
                "the sealed secret '\(secret.name)' is damaged",
                hint: Self.remedy(secret)
            )
        }
    }

    private static func remedy(_ secret: SealedSecret) -> String {
        "or give the value anew: 'sheaf secret set \(secret.name)', or an apply with it at hand"
    }

    /// A line of the file.
    private struct Entry {
        var key: SealingKey
        /// Whether it is the one that is being exchanged for the others.
        var isNext: Bool
    }

    /// The keys in the order of the file; empty when there is no file.
    private func entries() throws -> [Entry] { try text().map(entries(in:)) ?? [] }

    /// The file's text; nil when there is no file.
    private func text() throws -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw unreadable(String(cString: strerror(errno)))
        }
        guard status.st_mode & Self.foreignBits == 0 else {
            throw StoreError(
                .keyUnusable,
                "others may read the key that seals secrets: \(path)",
                hint: "chmod 600 \(path)"
            )
        }
        // Whom a file belongs to can read it, and put another one in its place, whatever its mode says.
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw StoreError(
                .keyUnusable,
                "the key that seals secrets belongs to another user: \(path)",
                hint: "chown \(geteuid()) \(path)"
            )
        }
        guard let text = TextFile.read(path) else { throw unreadable("it cannot be opened") }
        return text
    }

    private func entries(in text: String) throws -> [Entry] {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let entries = lines.compactMap(Self.entry)
        guard entries.count == lines.count, entries.contains(where: { !$0.isNext }) else { throw damaged() }
        return entries
    }

    private var folder: String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)) }

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

    private static func line(_ key: SealingKey, _ mark: String) -> String {
        let digits = key.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "\(mark)\(digits)\n"
    }

    private static func entry(_ line: Substring) -> Entry? {
        guard let mark = [mark, nextMark].first(where: line.hasPrefix) else { return nil }
        let digits = line.dropFirst(mark.count)
        guard digits.utf8.count == 64 else { return nil }
        let pairs = stride(from: 0, to: 64, by: 2).map { digits.dropFirst($0).prefix(2) }
        let key = SealingKey(bytes: pairs.compactMap { UInt8($0, radix: 16) })
        return key.map { Entry(key: $0, isNext: mark == nextMark) }
    }
}

// The exchange of the key.
extension StoreKeys {
    /// The keys of an exchange.
    package struct Exchange: Sendable {
        /// Shall seal, and seals once the records name it.
        package let key: SealingKey
        /// All others, which open what is not sealed anew yet.
        package let older: [SealingKey]
        /// Whether an earlier exchange that was interrupted goes on.
        package let isContinued: Bool
    }

    /// Adds the next key to the file, durably; where there is one already, an earlier exchange goes on.
    ///
    /// - Returns: nil when there is no file, and so no key to exchange.
    /// - Throws: `StoreError` of kind `keyUnusable` when the file cannot be trusted or written; it is as it was then.
    package func beginExchange() throws -> Exchange? {
        guard let text = try text() else { return nil }
        let entries = try entries(in: text)
        let older = entries.filter { !$0.isNext }.map(\.key)
        if let next = entries.last(where: \.isNext) {
            return Exchange(key: next.key, older: older, isContinued: true)
        }
        let key = SealingKey()
        try write(text + (text.hasSuffix("\n") ? "" : "\n") + Self.line(key, Self.nextMark))
        return Exchange(key: key, older: older, isContinued: false)
    }

    /// Leaves only the new key in the file, durably; comments stay.
    ///
    /// Nothing of this home may be sealed with the others any more. In a file that the user names they stay behind the new
    /// one: other homes may use it too.
    /// - Throws: As `beginExchange()`.
    package func endExchange(_ exchange: Exchange) throws {
        guard let text = try text() else { return }
        let comments = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { "\($0)\n" }
        let keys = [exchange.key] + (isNamed ? exchange.older : [])
        try write(comments.joined() + keys.map { Self.line($0, Self.mark) }.joined())
    }

    private func write(_ text: String) throws {
        do throws(SystemError) {
            // Of a link, the file that it points to is replaced: otherwise the old keys would stay there.
            try DurableFile.write(Array(text.utf8), to: RealPath.of(path))
        } catch {
            throw StoreError(
                .keyUnusable,
                "the key that seals secrets cannot be exchanged: \(error)",
                hint: "make its folder writable; nothing that is sealed was lost"
            )
        }
    }
}
