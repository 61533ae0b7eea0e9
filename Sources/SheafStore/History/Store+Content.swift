import GRDB
package import SheafModel

extension Store {
    /// What the records need of the content store: every revision, what is live, and every open transaction.
    ///
    /// Reads every row, and checks the database first: what is overlooked here would be removed.
    /// - Parameter forgotten: Revisions that do not count; those of a dry run.
    /// - Returns: What is named; deleted bundles, failed revisions and transactions of dead processes count too.
    /// - Throws: `StoreError` when the database is damaged, or holds anything that this version does not understand.
    package func contentNeeds(without forgotten: [ForgottenRevisions] = []) throws -> ContentNeeds {
        try read { database in
            let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)").filter { $0 != "ok" }
            if let problem = problems.first { throw damaged("its own check says: \(problem)") }
            do {
                return try Self.contentNeeds(without: forgotten, in: database)
            } catch let error as DecodingError {
                throw damaged("a record cannot be read: \(error)")
            }
        }
    }

    private static func contentNeeds(
        without forgotten: [ForgottenRevisions],
        in database: Database
    ) throws -> ContentNeeds {
        var needs = ContentNeeds()
        let gone = Dictionary(forgotten.map { ($0.bundle, Set($0.revisions)) }) { $0.union($1) }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM revision ORDER BY bundle, number") {
            let revision = try revision(row)
            if gone[revision.bundle]?.contains(revision.number) == true { continue }
            let title = "revision \(revision.number) of '\(revision.bundle)'"
            if let archive = try digest("archive", of: row, title) { needs.named.insert(archive) }
            if let resolved = try digest("resolved", of: row, title), needs.resolved[resolved] == nil {
                needs.resolved[resolved] = title
            }
        }
        for table in ["inventory", "kept"] {
            for text in try String.fetchAll(database, sql: "SELECT definition FROM \(table)") {
                needs.named.formUnion(try Column.value(ResolvedResource.self, from: text).contents)
            }
        }
        for text in try String.fetchAll(database, sql: "SELECT step FROM journal_step") {
            let step = try Column.value(Step.self, from: text)
            for instance in [step.before, step.after] { needs.named.formUnion(instance?.resource.contents ?? []) }
        }
        return needs
    }

    private static func digest(_ column: String, of row: Row, _ title: String) throws -> Digest? {
        let text: String? = row[column]
        guard let text else { return nil }
        guard let digest = Digest(text) else {
            throw StoreError(
                .damaged,
                "\(title) names '\(text)', which is no digest, as its \(column)",
                hint: "put back a copy of the state database; nothing was changed"
            )
        }
        return digest
    }

    private func damaged(_ reason: String) -> StoreError {
        StoreError(
            .damaged,
            "the state database \(path) is damaged: \(reason)",
            hint: "put back a copy of it; nothing was changed"
        )
    }
}
