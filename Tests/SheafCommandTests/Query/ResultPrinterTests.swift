import SheafPostgres
import Testing

@testable import sheaf

@Suite struct ResultPrinterTests {
    private static let types = [16: "bool", 20: "int8", 25: "text", 701: "float8", 1184: "timestamptz", 3802: "jsonb"]

    private func shown(
        _ form: QueryForm,
        _ columns: [(String, Int)],
        _ rows: [[String?]]
    ) throws -> String {
        var bytes: [UInt8] = []
        let output = QueryOutput { bytes += $0 }
        let named = columns.map { PostgresColumn(name: $0.0, type: $0.1) }
        let printer = form.printer(named, types: Self.types, output)
        for row in rows { try printer.row(row) }
        try printer.end()
        output.flush()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func tablesAreAsWideAsTheirWidestCell() throws {
        let text = try shown(
            QueryForm(kind: .table),
            [("id", 20), ("name", 25)],
            [["1", "Zoë\nof 東京"], [nil, "\u{1b}[31m"]]
        )
        #expect(
            text == """
                +--------+---------+
                | id     | name    |
                +--------+---------+
                | 1      | Zoë     |
                |        | of 東京 |
                | <null> | ␛[31m   |
                +--------+---------+

                """
        )
    }

    @Test func tablesWithoutRowsOrHeadings() throws {
        #expect(
            try shown(QueryForm(kind: .table), [("id", 20)], []) == """
                +----+
                | id |
                +----+
                +----+

                """
        )
        #expect(try shown(QueryForm(kind: .table, hasHeader: false), [("id", 20)], [["1"]]) == "+---+\n| 1 |\n+---+\n")
        #expect(try shown(QueryForm(kind: .table), [], [[]]).isEmpty)
    }

    @Test func csvQuotesOnlyWhatItMust() throws {
        let row = ["a,b", "q\"q", " lead", "two\r\nlines", "\\.", "", nil, "plain"]
        #expect(
            try shown(QueryForm(kind: .csv, hasHeader: false), row.map { _ in ("c", 25) }, [row])
                == "\"a,b\",\"q\"\"q\",\" lead\",\"two\r\nlines\",\"\\.\",,,plain\n"
        )
        #expect(
            try shown(QueryForm(kind: .csv, separator: ";"), [("a;b", 25), ("c", 25)], [["1,2", "3"]])
                == "\"a;b\";c\n1,2;3\n"
        )
    }

    @Test func jsonKeepsTheTypesThatItHas() throws {
        let text = try shown(
            QueryForm(kind: .json),
            [("b", 16), ("n", 20), ("n", 20), ("f", 701), ("f_inf", 701), ("t", 1184), ("j", 3802), ("x", 9999)],
            [
                [
                    "t", "12", nil, "1e-05", "Infinity", "2026-01-31 10:00:00.5+05:30",
                    "{\"a\": [\"x \\\" {\", {}], \"b\": []}", "q\"\u{1}",
                ]
            ]
        )
        let columns = [
            ("b", "bool"), ("n", "int8"), ("n_2", "int8"), ("f", "float8"), ("f_inf", "float8"), ("t", "timestamptz"),
            ("j", "jsonb"), ("x", "unknown"),
        ]
        for (name, type) in columns {
            #expect(text.contains("  {\n   \"name\": \"\(name)\","))
            #expect(text.contains("\"data_type\": \"\(type)\""))
        }
        #expect(text.contains("   \"original_name\": \"n\",\n"))
        #expect(
            text.hasSuffix(
                """
                 "rows": [
                  {
                   "b": true,
                   "n": 12,
                   "n_2": null,
                   "f": 1e-05,
                   "f_inf": "Infinity",
                   "t": "2026-01-31T10:00:00.5+05:30",
                   "j": {
                    "a": [
                     "x \\" {",
                     {}
                    ],
                    "b": []
                   },
                   "x": "q\\"\\u0001"
                  }
                 ]
                }

                """
            ),
            "\(text)"
        )
        #expect(try shown(QueryForm(kind: .json), [], []) == "{\n \"columns\": [],\n \"rows\": []\n}\n")
    }

    @Test func linesNameEachValue() throws {
        let rule = String(repeating: "-", count: 75)
        #expect(
            try shown(QueryForm(kind: .line), [("id", 20), ("text", 25)], [["1", "a\nb"], ["2", nil]]) == """
                -[ RECORD 1  ]\(rule)
                id   | 1
                text | a +
                     | b
                -[ RECORD 2  ]\(rule)
                id   | 2
                text | <null>

                """
        )
    }

    @Test func rowsThatDoNotFitIntoMemoryComeBackInOrder() throws {
        let spool = RowSpool()
        let long = String(repeating: "é", count: 40_000)
        let rows: [[String?]] = (0..<300).map { [String($0), nil, "", long] }
        for row in rows { try spool.add(row) }
        var read: [[String?]] = []
        try spool.forEach { read.append($0) }
        #expect(read == rows)
    }
}
