import SheafSteampipe
import Testing

@Suite struct PushedQueryTests {
    @Test(
        arguments: [
            ("SELECT a, \"B c\" FROM s.t", nil, nil),
            ("SELECT NULL FROM s.t LIMIT 3::bigint", nil, nil),
            ("SELECT count(*) FROM s.t WHERE ((command = 'x'))", "command", ["x"]),
            ("SELECT a FROM s.t WHERE (('x'::text = command))", "command", ["x"]),
            ("SELECT a FROM s.t WHERE ((command = E'a\\\\b''c'))", "command", ["a\\b'c"]),
            ("SELECT a FROM s.t WHERE ((command = ANY ('{a,\"b c\",NULL}'::text[])))", "command", ["a", "b c", nil]),
            ("SELECT a FROM s.t WHERE (((command = 'x') OR (command = 'y')))", "command", ["x", "y"]),
            ("SELECT a FROM s.t WHERE ((command = 'x')) AND ((command <> 'y'))", "command", ["x"]),
            ("SELECT a FROM s.t WHERE ((command <> 'y'))", "command", nil),
            ("SELECT a FROM s.t WHERE ((NOT (command = 'y')))", "command", nil),
        ] as [(String, String?, [String?]?)]
    )
    func readsWhatPostgresFdwWrites(sql: String, column: String?, values: [String?]?) throws {
        let query = try PushedQuery(try SqlToken.tokens(of: sql))
        #expect(query.schema == "s")
        #expect(query.table == "t")
        guard let column else { return }
        #expect(query.condition?.values(of: column) == values?.map { .constant($0) })
    }

    @Test func putsParametersInTheirPlaces() throws {
        let tokens = try SqlToken.tokens(of: "SELECT a FROM s.t WHERE (($1::text = command)) LIMIT $2::bigint")
        let query = try PushedQuery(tokens, parameters: ["x", "5"])
        #expect(query.condition?.values(of: "command") == [.constant("x")])
        #expect(query.limit == 5)
        #expect(throws: SteampipeError.self) { try PushedQuery(tokens, parameters: []) }
    }

    @Test func knowsTheNullThatPlanningUses() throws {
        let sql = "SELECT a FROM s.t WHERE ((((SELECT null::text)::text) = command))"
        let query = try PushedQuery(try SqlToken.tokens(of: sql))
        #expect(query.condition?.values(of: "command") == [.later])
    }

    @Test(arguments: [
        "SELECT a FROM s.t ORDER BY a ASC NULLS LAST",
        "SELECT a FROM s.t GROUP BY 1",
        "SELECT a, count(*) FROM s.t GROUP BY 1",
        "SELECT max(a) FROM s.t",
        "SELECT a FROM s.t r1",
        "SELECT r1.a FROM (s.t r1 INNER JOIN s.u r2 ON (TRUE))",
        "SELECT a FROM s.t FOR UPDATE",
        "SELECT a FROM s.t WHERE ((lower(command) = 'x'))",
        "SELECT a FROM s.t WHERE ((command ~ 'x'))",
        "SELECT a FROM s.t WHERE (((command || 'a') = 'x'))",
        "SELECT a FROM s.t WHERE ((command OPERATOR(public.=) 'x'))",
        "SELECT a FROM s.t WHERE ((command = 'x')) garbage",
        "SELECT a FROM s.t WHERE ((command = 'x'::bytea))",
        "SELECT a FROM s.t WHERE command = 'x",
        "SELECT a FROM t",
        "INSERT INTO s.t VALUES (1)",
        "",
    ])
    func refusesWhatItDoesNotUnderstand(sql: String) {
        #expect(throws: SteampipeError.self) { try PushedQuery(try SqlToken.tokens(of: sql)) }
    }

    @Test func evaluatesWithThreeTruthValues() throws {
        func holds(_ condition: String, _ value: String?) throws -> Bool? {
            try PushedQuery(try SqlToken.tokens(of: "SELECT a FROM s.t WHERE \(condition)")).condition?.holds { _ in
                value
            }
        }
        #expect(try holds("((path = 'x'))", "x") == true)
        #expect(try holds("((path = 'x'))", nil) == nil)
        #expect(try holds("((path = 'x') OR (path IS NULL))", nil) == true)
        #expect(try holds("((path = 'x') AND (path IS NULL))", "y") == false)
        #expect(try holds("((NOT (path = 'x')))", nil) == nil)
        #expect(try holds("((path <> ALL ('{a,NULL}'::text[])))", "b") == nil)
        #expect(try holds("((path <> ALL ('{a,b}'::text[])))", "b") == false)
        #expect(try holds("((path = ANY ('{}'::text[])))", "b") == false)
        #expect(try holds("((path ~~ '%a_c%'))", "xxabcx") == true)
        #expect(try holds("((path ~~ 'a\\%'))", "ab") == false)
        #expect(try holds("((path !~~ 'a%'))", "ab") == false)
        #expect(try holds("((path > 'a'))", "B") == false)
        #expect(try holds("((path IS DISTINCT FROM 'a'))", nil) == true)
        #expect(try holds("((path = 'e\u{301}'))", "é") == false)
    }

    @Test(arguments: [[], ["a"], ["", "NULL", "a,b", "{}", "\"\\", "é"]] as [[String]])
    func arraysComeBackAsTheyWere(elements: [String]) throws {
        #expect(try ArrayLiteral.elements(of: ArrayLiteral.text(of: elements)) == elements)
    }
}
