import FoundationEssentials
import SheafModel
import SheafPostgres
import SheafTestSupport
import Testing

@testable import sheaf

@Suite struct QueryTextTests {
    private func text(_ sql: String) throws -> QueryText { try QueryText(argument: sql, file: nil, isTerminal: true) }

    @Test(
        arguments: [
            ("select nam from t", 8, 1, 8, 11),
            ("select 1;\nselect é, nope", 21, 2, 11, 15),
            ("select (", 9, 1, 9, 10),
            ("\n\n)", 3, 3, 1, 2),
        ]
    )
    func pointsAtTheWord(sql: String, position: Int, line: Int, column: Int, end: Int) throws {
        let error = PostgresError(state: "42703", message: "no", position: position)
        let span = try #require(try text(sql).diagnostic(error).span)
        #expect([span.line, span.column, span.endLine, span.endColumn] == [line, column, line, end])
    }

    @Test func saysAllThatPostgresSays() throws {
        let error = PostgresError(state: "42P01", message: "no such table", detail: "none", hint: "make one")
        let diagnostic = try text("select 1").diagnostic(error)
        #expect(diagnostic.message == "no such table: none (42P01)")
        #expect(diagnostic.help == "make one")
        #expect(diagnostic.span == nil)
    }

    @Test func readsAFile() throws {
        let scratch = try ScratchDirectory("query")
        let path = scratch.path("q.sql")
        try Data("select 1".utf8).write(to: URL(filePath: path))
        let text = try QueryText(argument: nil, file: path, isTerminal: true)
        #expect(text.sql == "select 1")
        #expect(text.name == path)
        #expect(throws: UsageError.self) { try QueryText(argument: nil, file: path + ".no", isTerminal: true) }
    }

    @Test(arguments: [nil, "", " ;\n"] as [String?])
    func asksForAStatement(argument: String?) {
        #expect(throws: QueryError.self) { try QueryText(argument: argument, file: nil, isTerminal: true) }
    }
}
