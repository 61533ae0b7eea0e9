import Glibc
import SheafSteampipe
import SheafSystem
import Testing

@Suite struct CsvTests {
    /// All rows of a file by way of the plugin, the header first.
    private func rows(_ bytes: [UInt8], named name: String = "t.csv", _ arguments: String = "") throws -> [[String?]] {
        let scratch = try ScratchFolder()
        try scratch.write(bytes, to: name)
        let text = "connection \"c\" {\n plugin = \"csv\"\n paths = [\"*\"]\n\(arguments)\n}\n"
        let inventory = InventoryBuilder.inventory(
            of: ConnectionLoader.load(files: [("x.spc", text)]),
            folder: scratch.path,
            environment: [:],
            log: ServiceLog()
        )
        guard let table = inventory.statuses.first?.tables.first else { return [] }
        let request = ScanRequest(values: [:], cancellation: try Cancellation())
        guard let stream = try table.sources.first?.table.rows(request) else { return [] }
        var rows: [[String?]] = [table.columns.map(\.name)]
        while let row = try stream.next() { rows.append(row) }
        return rows
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", "", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}a,b\r\n1,\"x\r\ny\"", "", [["a", "b"], ["1", "x\ny"]]),
            ("a,b\n1,\"\"\"q\"\",\"\n\n,\n", "", [["a", "b"], ["1", "\"q\","], ["", ""]]),
            ("a,b\n1\n1,2,3\n4,5\n", "", [["a", "b"], ["4", "5"]]),
            ("a,b\nx\"y,2\n\"x\"y,2\n4,5\n\"open,6\n", "", [["a", "b"], ["4", "5"]]),
            ("a,a\n1,2\n", "", [["a", "b"], ["a", "a"], ["1", "2"]]),
            ("a,\n1,2\n", "", [["a", "b"], ["a", ""], ["1", "2"]]),
            ("x,y\n1,2\n", " header = \"off\"", [["a", "b"], ["x", "y"], ["1", "2"]]),
            ("a,a\n1,2\n", " header = \"on\"", []),
            ("x;y\n#1;2\n3;4\n", " separator = \";\"\n comment = \"#\"", [["x", "y"], ["3", "4"]]),
            ("x\ty\n1\t2\n", " separator = \"\\t\"", [["x", "y"], ["1", "2"]]),
            ("", "", []),
        ] as [(String, String, [[String]])]
    )
    func readsAsTheRulesSay(text: String, arguments: String, expected: [[String]]) throws {
        #expect(try rows(Array(text.utf8), arguments) == expected)
    }

    @Test func givesBackAnyRecordsThatWereWritten() throws {
        let pieces = ["", "a", "\"", ",", "\n", " ", "é", "#", "x;y", "'"]
        for _ in 0..<40 {
            let width = Int.random(in: 1...4)
            let records = (0..<Int.random(in: 0...30)).map { _ in
                (0..<width).map { _ in (0..<Int.random(in: 0...4)).map { _ in pieces.randomElement() ?? "" }.joined() }
            }
            let header = (0..<width).map { "c\($0)" }
            let text = ([header] + records).map { record in
                record.map {
                    "\"\($0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
                }
                .joined(separator: ",") + (Bool.random() ? "\n" : "\r\n")
            }.joined()
            #expect(try rows(Array(text.utf8)) == [header] + records)
        }
    }

    @Test func readsRecordsThatCrossTheWindow() throws {
        // Lengths that fall on every place of a word, and records longer than what is read at once.
        let long = String(repeating: "long, \n\"", count: 300_000)
        let records = (0..<20_000).map { number -> [String] in
            let text = String(repeating: "x", count: number % 97)
            return number == 10_000 ? ["\(number)", long] : ["\(number)", number % 5 == 0 ? "\"\(text)\r\n" : text]
        }
        let written = records.map { record in
            let isQuoted = record[1].contains { $0 == "\"" || $0.isNewline }
            let field =
                isQuoted
                ? "\"\(record[1].split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
                : record[1]
            return "\(record[0]),\(field)\n"
        }
        let expected = records.map { [$0[0], String($0[1].map { $0 == "\r\n" ? "\n" : $0 })] }
        #expect(try rows(Array(("n,t\n" + written.joined()).utf8)) == [["n", "t"]] + expected)
    }

    @Test func replacesWhatIsNoText() throws {
        #expect(try rows(Array("a,b\n\u{e9},".utf8) + [0xff, 0xc3, 10]) == [["a", "b"], ["é", "\u{FFFD}\u{FFFD}"]])
    }

    @Test func readsPackedFiles() throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write("a\n" + String(repeating: "1\n", count: 50_000), to: "t.csv")
        #expect(try ChildProcess.run(["gzip", file], environment: ["PATH=/usr/bin:/bin"]).code == 0)
        let packed = try Descriptor.reading(file + ".gz")
        var bytes: [UInt8] = []
        while case let more = try packed.read(), !more.isEmpty { bytes += more }
        #expect(try rows(bytes, named: "t.csv.gz").count == 50_001)
        #expect(throws: SteampipeError.self) { try rows(bytes.dropLast(20) + [], named: "t.csv.gz") }
    }

    @Test func namesColumnsWithoutANameByLetters() {
        #expect([0, 25, 26, 51, 52, 701, 702].map(CsvFormat.letters) == ["a", "z", "aa", "az", "ba", "zz", "aaa"])
    }
}
