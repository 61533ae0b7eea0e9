package import FoundationEssentials
import GRDB
package import SheafModel

extension Store {
    /// Keeps the sealed value of a secret; one that it had before is forgotten here, but not in earlier revisions.
    ///
    /// Nothing is written when it has this value already, sealed with the same key.
    /// - Parameters:
    ///   - secret: As the key that seals now has sealed it.
    ///   - author: Who asks for it.
    ///   - now: When.
    /// - Returns: What that has changed.
    /// - Throws: `StoreError`.
    @discardableResult
    package func setSecret(_ secret: SealedSecret, by author: String, at now: Date) throws -> SecretChange {
        try write { database in
            let before = try String.fetchOne(
                database,
                sql: "SELECT sealed FROM secret WHERE name = ?",
                arguments: [secret.name]
            )
            guard before != secret.text else { return .unchanged }
            try database.execute(
                sql: "INSERT OR REPLACE INTO secret (name, sealed, author, set_at) VALUES (?, ?, ?, ?)",
                arguments: [secret.name, secret.text, author, now.milliseconds]
            )
            return before == nil ? .created : .changed
        }
    }

    /// The secrets that are kept, by name.
    ///
    /// - Throws: `StoreError`, also when a row is no sealed secret of its name.
    package func secrets() throws -> [StoredSecret] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM secret ORDER BY name").map { row in
                let name: String = row["name"]
                guard let sealed = SealedSecret(text: row["sealed"]), sealed.name == name else {
                    throw StoreError(
                        .damaged,
                        "the state database \(path) does not hold a sealed value for the secret '\(name)'",
                        hint: "sheaf secret set \(name)"
                    )
                }
                return StoredSecret(
                    name: name,
                    sealed: sealed,
                    author: row["author"],
                    setAt: Date(milliseconds: row["set_at"])
                )
            }
        }
    }

    /// Forgets a secret; revisions that were made with it keep its value, sealed.
    ///
    /// - Throws: `StoreError` of kind `unknownSecret`, with a guess, when there is none of that name.
    package func deleteSecret(_ name: String) throws {
        try write { database in
            try database.execute(sql: "DELETE FROM secret WHERE name = ?", arguments: [name])
            guard database.changesCount == 0 else { return }
            throw Self.unknownSecret(name, among: try String.fetchAll(database, sql: "SELECT name FROM secret"))
        }
    }

    /// The error for a secret that is not kept.
    package static func unknownSecret(_ name: String, among names: [String]) -> StoreError {
        let list = names.isEmpty ? "none is kept" : "run 'sheaf secret list' to see those that are kept"
        return StoreError(
            .unknownSecret,
            "there is no secret '\(name)' in the store",
            hint: Suggestion.help(for: name, among: names) ?? list
        )
    }
}
