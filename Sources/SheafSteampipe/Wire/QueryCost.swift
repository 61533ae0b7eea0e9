/// What PostgreSQL is told about the cost of a pushed-down query.
struct QueryCost {
    /// More than any plan that reads the rows and does the rest itself.
    private static let avoided = 1_000_000_000_000_000
    /// More than any plan that has a value for the key.
    private static let missingKey = 1_000_000_000

    let rows: Int
    let total: Int

    /// Estimates a query.
    ///
    /// A query that is not understood (a sort, a join, a grouping) costs so much that PostgreSQL does that part itself.
    init(of tokens: [SqlToken], catalog: Catalog) {
        guard let query = try? PushedQuery(tokens),  // Not understood: that is the answer, not an error.
            let table = try? catalog.table(query.schema, query.table)  // Gone: the query itself will tell.
        else {
            rows = 1000
            total = Self.avoided
            return
        }
        let given = table.keyColumns.filter { query.condition?.values(of: $0.name) != nil }
        let isMissing = table.keyColumns.contains { $0.isRequired && query.condition?.values(of: $0.name) == nil }
        rows = query.targets == .count ? 1 : given.isEmpty ? 1000 : 10
        total = isMissing ? Self.missingKey : given.isEmpty ? 100 : 2
    }
}
