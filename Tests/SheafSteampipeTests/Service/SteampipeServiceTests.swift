import Glibc
import SheafSteampipe
import SheafSystem
import Testing

@Suite(.enabled(if: RunningService.isPossible, "needs PostgreSQL and psql"), .serialized)
struct SteampipeServiceTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write(
            """
            connection "csv" {
              plugin = "turbot/csv@latest"
              paths = ["../csv/*.csv"]
            }
            connection "ex" {
              plugin = "theapsgroup/exec"
            }
            connection "conf" {
              plugin = "config"
              json_paths = ["../conf/*.json"]
              yml_paths = ["../conf/*.yml"]
            }
            connection "every_csv" {
              plugin = "csv"
              type = "aggregator"
              connections = ["cs*"]
            }
            connection "broken" {
              plugin = "csv"
              paths = 1
            }
            """,
            to: "config/main.spc"
        )
        try scratch.write("id,name\n1,Ann\n2,Bob\n", to: "csv/people.csv")
        try scratch.write("{\"a\": {\"b\": [1, \"x\"]}}", to: "conf/one.json")
        try scratch.write("a:\n  b: c\n", to: "conf/one.yml")
    }

    private func started(port: Int? = nil) throws -> RunningService {
        let service = try RunningService(scratch, port: port)
        try service.waitUntilReady()
        return service
    }

    @Test func servesTheContract() throws {
        let service = try started()
        #expect(try service.rows("show search_path") == "public, conf, csv, every_csv, ex, steampipe_internal")
        #expect(try service.rows("select id, name from people order by id desc") == "2|Bob\n1|Ann")
        #expect(
            try service.rows(
                "select sp_connection_name, sp_ctx->>'connection_name', _ctx from every_csv.people limit 1"
            )
                == "csv|csv|{\"connection_name\": \"csv\"}"
        )
        #expect(
            try service.rows("select name, state, type from steampipe_internal.steampipe_connection order by name")
                == "broken|error|plugin\nconf|ready|plugin\ncsv|ready|plugin\nevery_csv|ready|aggregator\nex|ready|plugin"
        )
        #expect(
            try service.rows("select error from steampipe_internal.steampipe_connection where name = 'broken'")
                == "main.spc:20:11: 'paths' must be a list of strings, not a number"
        )
        #expect(
            try service.rows(
                "select plugin, table_name, name, type, list_config->>'require' from steampipe_plugin_column where name = 'command' order by 2"
            )
                == "theapsgroup/exec|exec_command|command|STRING|required\ntheapsgroup/exec|exec_command_line|command|STRING|required"
        )
        #expect(
            try service.rows("select plugin, memory_max_mb from steampipe_plugin order by 1")
                == "config|\ncsv|\ntheapsgroup/exec|\nturbot/csv@latest|"
        )
        #expect(
            try service.rows(
                "select cache_enabled, (select count(*) from steampipe_plugin_limiter) from steampipe_server_settings"
            ) == "f|0"
        )
        #expect(
            try service.rows("select distinct foreign_server_name from information_schema.foreign_tables")
                == "steampipe"
        )
        #expect(try service.sql("select 1", password: "wrong").code != 0)
        #expect(try service.sql("insert into csv.people values ('3')").output.contains("permission denied"))
        #expect(try service.sql("create schema x").output.contains("permission denied"))
        #expect(service.stop() == 0)
    }

    @Test func runsCommands() throws {
        let service = try started()
        #expect(
            try service.rows(
                "select stdout_output, stderr_output, exit_code from exec_command where command = 'printf a; printf b >&2; exit 3'"
            )
                == "a|b|3"
        )
        #expect(
            try service.rows(
                "select line_number, stream, line from exec_command_line where command = 'echo a; echo b; echo c >&2'"
            )
                == "1|stdout|a\n2|stdout|b\n3|stderr|c"
        )
        #expect(
            try service.rows(
                "select v.c, e.exit_code from (values ('true'), ('false')) v(c) join exec_command e on e.command = v.c order by 1"
            )
                == "false|1\ntrue|0"
        )
        #expect(try service.rows("select line from exec_command_line where command = 'yes' limit 1") == "y")
        #expect(try service.rows("select count(*) from exec_command where command = ''") == "0")
        #expect(
            try service.rows(
                "select coalesce(nullif(stdout_output, ''), 'unset') from exec_command where command = 'printf \"$STEAMPIPE_DATABASE_PASSWORD\"'"
            ) == "unset"
        )
        let missing = try service.sql("select * from exec_command").output
        #expect(
            missing.contains(
                "rpc error: code = Internal desc = 'List' call for table 'exec_command' is missing 1 required qual: column:'command' operator: ="
            )
        )
        let cancelled = try service.sql(
            "set statement_timeout = 300; select * from exec_command where command = 'sleep 600'"
        )
        #expect(cancelled.output.contains("canceling statement"))
    }

    @Test func readsConfigurationFiles() throws {
        let service = try started()
        let path = "\(scratch.path)/config/../conf/one.json"
        #expect(try service.rows("select content->'a'->'b'->>1 from json_file") == "x")
        #expect(
            try service.rows("select key_path, value, keys, start_line from json_key_value where path = '\(path)'")
                == "a.b.0|1|[\"a\", \"b\", \"0\"]|1\na.b.1|x|[\"a\", \"b\", \"1\"]|1"
        )
        #expect(try service.rows("select key_path, value, tag from yml_key_value") == "a.b|c|!!str")
        #expect(try service.rows("select count(*) from yml_file where path like '%.yml' and path <> 'x'") == "1")
        #expect(try service.sql("select * from ini_section").output.contains("ini_paths must be configured"))
        #expect(try service.sql("select * from json_file where path = '/nonexistent'").code != 0)
    }

    @Test func seesEditsNewFilesAndNewConnections() throws {
        let service = try started()
        try scratch.write("id,name\n1,Zoe\n", to: "csv/people.csv")
        #expect(try service.rows("select name from csv.people") == "Zoe")
        try scratch.write("a\n1\n", to: "csv/fresh.csv")
        try service.waitForLog("schemas refreshed: csv")
        #expect(try service.rows("select a from csv.fresh") == "1")
        try scratch.write(
            "connection \"more\" {\n plugin = \"csv\"\n paths = [\"../csv/fresh.csv\"]\n}\n",
            to: "config/more.spc"
        )
        try service.waitForLog("schemas refreshed: more")
        #expect(try service.rows("select a from more.fresh") == "1")
        unlink("\(scratch.path)/config/more.spc")
        try service.waitForLog("schemas refreshed: more")
        #expect(try service.sql("select a from more.fresh").code != 0)
    }

    @Test func answersQueriesAsARealTableDoes() throws {
        let values = ["", "a", "b", "ab", "A", "é", "1", "10", "2", "x y", "'"]
        let rows = (0..<200).map { _ in (0..<3).map { _ in values.randomElement() ?? "" } }
        let csv = "p,q,r\n" + rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined()
        try scratch.write(csv, to: "csv/random.csv")
        let service = try started()
        let inserts = rows.map { "(\($0.map { Sql.text($0) }.joined(separator: ",")))" }.joined(separator: ",")
        let queries = [
            "select p, q, r from T order by 1, 2, 3",
            "select count(*) from T",
            "select p, count(*), max(q), min(r) from T group by p order by p",
            "select q from T where p = 'a' order by q",
            "select q from T where p = 'a' or r like '%b%' order by q",
            "select q from T where lower(p) = 'a' and r <> '' order by 1",
            "select distinct p from T where q in ('a', 'x y', '''') order by 1",
            "select p from T where q > 'a' order by p desc limit 7 offset 3",
            "select count(*) from T x join T y on x.p = y.q",
            "select x.p, y.r from T x left join T y on x.p = y.q and y.r = 'ab' order by 1, 2 limit 50",
            "select p, (select count(*) from T y where y.q = x.p) from T x order by 1, 2",
            "select p || q from T where not exists (select from T y where y.q = T.p and y.r = '10') order by 1",
            "select sum(length(p)), string_agg(q, ',' order by q) from T where r is not null",
            "select p, rank() over (partition by q order by r, p) from T order by p, q, r, 2",
            "select count(*) from (select p from T except select q from T) s",
            "select p from T where p ~ '^[a-z]+$' and q between '1' and 'b' order by p",
        ]
        func all(_ table: String) -> String {
            queries.map { query in
                query.split(separator: "T", omittingEmptySubsequences: false).joined(separator: table)
            }.joined(separator: "; ")
        }
        let expected = try service.rows(
            "set client_min_messages = error; create temp table real_t (p text, q text, r text); insert into real_t values \(inserts); \(all("real_t"))"
        )
        let actual = try service.rows(
            "set client_min_messages = error; create temp table ignored (p text, q text, r text); insert into ignored values \(inserts); \(all("random"))"
        )
        #expect(actual == expected)
        #expect(expected.count > 500)
    }

    @Test func sendsMillionsOfFieldsAsTheyAre() throws {
        let rows = (0..<30_000).map { "\($0),\($0 % 3 == 0 ? "é\($0)" : "x"),\($0 % 7 == 0 ? "\"q\"\"\($0)\"" : "")\n" }
        try scratch.write("id,t,q\n" + rows.joined(), to: "csv/many.csv")
        try scratch.write(Array("a\nx\n".utf8) + [0xff, 10], to: "csv/latin.csv")
        try scratch.write(Array("a\nx\ny".utf8) + [0, 10], to: "csv/zero.csv")
        let service = try started()
        #expect(try service.rows("select count(*) from many") == "30000")
        #expect(
            try service.rows("select count(*), sum(id::int), md5(string_agg(t || q, ',' order by id::int)) from many")
                == service.rows(
                    """
                    select count(*), sum(i), md5(string_agg(case when i % 3 = 0 then 'é' || i else 'x' end
                    || case when i % 7 = 0 then 'q"' || i else '' end, ',' order by i)) from generate_series(0, 29999) i
                    """
                )
        )
        #expect(try service.rows("select id from many limit 2 offset 29998") == "29998\n29999")
        #expect(try service.rows("select sp_connection_name, id from every_csv.many limit 1") == "csv|0")
        #expect(try service.rows("select count(*) from (select from many limit 12345) x") == "12345")
        #expect(try service.rows("select a from latin") == "x\n\u{FFFD}")
        #expect(try service.sql("select a from zero").output.contains("invalid byte sequence"))
        // Two cursors at once, one of them read in part only.
        #expect(
            try service.rows(
                "begin; declare one cursor for select id from many; fetch 1 from one; select count(*) from many x join many y using (id); move 5998 from one; fetch 2 from one; commit"
            ).contains("30000\nMOVE 5998\n5999\n6000")
        )
    }

    @Test func leavesNothingBehindWhenKilledAndStartsAgain() throws {
        let first = try started()
        let pidText = try #require(TextFile.read("\(scratch.path)/data/postgres/postmaster.pid"))
        let pid = try #require(pidText.split(separator: "\n").first.flatMap { Int32($0) })
        let postgres = try #require(ProcessIdentity(of: pid))
        _ = first.stop(SIGKILL)
        #expect(postgres.waitForEnd(atMost: .seconds(30)))
        let second = try started(port: first.port)
        #expect(try second.rows("select count(*) from csv.people") == "2")
        #expect(second.stop() == 0)
    }

    @Test func startsOverTheRemainsOfABrokenStart() throws {
        try scratch.write("half", to: "data/postgres.new/PG_VERSION")
        try scratch.write("15\n", to: "data/postgres/PG_VERSION")
        try scratch.write("1\n/x\n", to: "data/postgres/postmaster.pid")
        let service = try started()
        #expect(try service.rows("select 1") == "1")
    }

    @Test func leavesNoSocketsBehind() throws {
        let service = try RunningService(scratch, dataFolder: String(repeating: "long/", count: 24) + "data")
        try service.waitUntilReady()
        let data = "\(scratch.path)/\(String(repeating: "long/", count: 24))data"
        let sockets = try #require(TextFile.read("\(data)/sockets"))
        #expect(Folder.names(in: sockets)?.isEmpty == false)
        #expect(service.stop(SIGINT) == 0)
        #expect(Folder.kind(of: sockets) == nil)
    }

    @Test func refusesABusyPort() throws {
        let first = try started()
        let second = try RunningService(scratch, port: first.port, dataFolder: "other")
        try second.waitForLog("cannot listen on port")
        #expect(second.waitForEnd() == 32)
    }

    @Test func refusesAFolderThatIsInUse() throws {
        let first = try started()
        let second = try RunningService(scratch)
        try second.waitForLog("another instance runs")
        #expect(second.waitForEnd() == 32)
        #expect(try first.rows("select 1") == "1")
    }
}
