import GRDB
package import SheafModel

/// A resource of one bundle that needs a resource of another.
package struct ForeignDependent: Sendable, Hashable {
    package var bundle: String
    package var resource: ResourceID
    /// What it needs.
    package var needed: ResourceID
}

extension Store {
    /// What other bundles have live, or are about to have, that needs resources of a bundle.
    ///
    /// - Parameters:
    ///   - resources: The ones that are to go.
    ///   - bundle: Whose they are; what it has itself does not count.
    /// - Returns: One for each pair, by bundle and order in it; empty when nobody else needs them.
    /// - Throws: `StoreError` when the database cannot be read.
    package func dependents(on resources: Set<ResourceID>, outside bundle: String) throws -> [ForeignDependent] {
        guard !resources.isEmpty else { return [] }
        return try read { try Self.dependents(on: resources, outside: bundle, in: $0) }
    }

    static func dependents(
        on resources: Set<ResourceID>,
        outside bundle: String,
        in database: Database
    ) throws -> [ForeignDependent] {
        var others: [(bundle: String, resource: ResolvedResource)] = []
        let live = "SELECT bundle, definition FROM inventory WHERE bundle <> ? ORDER BY bundle, position"
        for row in try Row.fetchAll(database, sql: live, arguments: [bundle]) {
            others.append((row["bundle"], try Column.value(ResolvedResource.self, from: row["definition"])))
        }
        // What another bundle is just making counts too: it looked for what it needs before it began.
        let open = """
            SELECT journal.bundle, step FROM journal_step JOIN journal ON journal.id = journal
            WHERE journal.bundle <> ? AND journal.state <> 'closed' ORDER BY journal, position
            """
        for row in try Row.fetchAll(database, sql: open, arguments: [bundle]) {
            guard let after = try Column.value(Step.self, from: row["step"]).after else { continue }
            others.append((row["bundle"], after.resource))
        }
        var found: [ForeignDependent] = []
        for (owner, resource) in others {
            for needed in resource.needed where resources.contains(needed) {
                let dependent = ForeignDependent(bundle: owner, resource: resource.id, needed: needed)
                if !found.contains(dependent) { found.append(dependent) }
            }
        }
        return found
    }

    /// Refuses a transaction that would remove what others need, or need what another is just removing.
    ///
    /// It is asked under the same lock as the transaction's record is written, so two bundles cannot miss each other.
    static func checkDependents(of steps: [Step], in bundle: String, in database: Database) throws {
        let leaving = Set(steps.filter { $0.after == nil }.map(\.change.resource))
        if !leaving.isEmpty, let dependent = try dependents(on: leaving, outside: bundle, in: database).first {
            throw StoreError(
                .neededElsewhere,
                "\(dependent.needed) is needed by \(dependent.resource) of the bundle '\(dependent.bundle)'",
                hint: "change or delete '\(dependent.bundle)' first"
            )
        }
        let going = try leavingElsewhere(besides: bundle, in: database)
        guard !going.isEmpty else { return }
        for resource in steps.compactMap(\.after?.resource) {
            guard let needed = resource.needed.first(where: { going[$0] != nil }), let owner = going[needed] else {
                continue
            }
            throw StoreError(
                .neededElsewhere,
                "\(resource.id) needs \(needed), which the bundle '\(owner)' is just removing",
                hint: "wait until that has ended and try again"
            )
        }
    }

    /// What other bundles are just removing, with their names.
    private static func leavingElsewhere(besides bundle: String, in database: Database) throws -> [ResourceID: String] {
        let sql = """
            SELECT journal.bundle, step FROM journal_step JOIN journal ON journal.id = journal
            WHERE journal.bundle <> ? AND journal.state IN ('preparing', 'performing')
            """
        var leaving: [ResourceID: String] = [:]
        for row in try Row.fetchAll(database, sql: sql, arguments: [bundle]) {
            let step = try Column.value(Step.self, from: row["step"])
            if step.after == nil { leaving[step.change.resource] = row["bundle"] }
        }
        return leaving
    }
}

extension ResolvedResource {
    /// What must be there for it, of its own bundle or not.
    fileprivate var needed: Set<ResourceID> { Set(references).union(dependencies.map(\.resource)) }
}
