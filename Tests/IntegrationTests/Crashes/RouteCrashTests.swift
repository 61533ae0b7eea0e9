import SheafTestSupport
import Testing

/// Kills `sheaf` while it changes services behind the gateway.
@Suite struct RouteCrashTests {
    /// How many moments of an operation are tried, chosen by the seed; `make torture` tries all.
    private static let most = 8

    @Test(arguments: [CrashOperation.firstApply, .upgrade, .failingUpgrade, .rollback, .delete])
    func aKillAtAnyMomentLeavesOneRevisionThatIsReached(operation: CrashOperation) async throws {
        let counted = try BlueGreenExample()
        defer { counted.site.end() }
        let moments = try await moments(of: operation, in: counted)
        var numbers = Torture.numbers(41)
        let chosen = (1...moments).shuffled(using: &numbers).prefix(Torture.isThorough ? moments : Self.most).sorted()
        for moment in chosen {
            let example = try BlueGreenExample()
            defer { example.site.end() }
            let arguments = try await prepare(operation, in: example)
            let killed = try await example.site.run(
                "\(Site.built)/sheaf",
                arguments,
                environment: ["LD_PRELOAD": Kill.shim, "SHEAF_CRASH_AT": String(moment)]
            )
            guard killed.code == Kill.code else { continue }
            try await check(
                example,
                "SHEAF_TORTURE_SEED=\(Torture.seed), \(operation.rawValue) killed at \(moment) of \(moments)"
            )
        }
    }

    private func prepare(_ operation: CrashOperation, in example: BlueGreenExample) async throws -> [String] {
        let apply = ["apply", example.site.bundle]
        if operation == .firstApply { return apply }
        try await example.apply()
        if operation == .delete { return ["delete", BlueGreenExample.name] }
        try example.write(page: "green")
        if operation == .failingUpgrade { try example.change("- httpd", to: "- nonsense") }
        if operation != .rollback { return apply }
        try await example.apply()
        return ["rollback", BlueGreenExample.name]
    }

    private func moments(of operation: CrashOperation, in example: BlueGreenExample) async throws -> Int {
        let arguments = try await prepare(operation, in: example)
        let count = example.site.scratch.path("count")
        _ = try await example.site.run(
            "\(Site.built)/sheaf",
            arguments,
            environment: ["LD_PRELOAD": Kill.shim, "SHEAF_CRASH_COUNT": count]
        )
        let text = try await example.site.run("cat", [count]).output
        return try #require(text.split(separator: "\n").first.flatMap { Int($0) })
    }

    /// One revision is live and is what both addresses show, or none is and nothing runs.
    private func check(_ example: BlueGreenExample, _ comment: Comment) async throws {
        let site = example.site
        let recovered = try await site.sheaf("recover")
        #expect(recovered.code == 0, "\(comment): \(recovered.errors)")
        guard let service = try await site.statusIfKnown(of: BlueGreenExample.name)?["service:site:front"] else {
            #expect(try site.incarnations() == [], comment)
            #expect(site.processes().isEmpty, comment)
            return
        }
        #expect(service.runtime == "running:2", comment)
        #expect(try site.incarnations() == ["front/service/site/\(service.generation)"], comment)
        let page = service.generation == 2 ? "green\n" : "blue\n"
        #expect(try await example.page() == page, comment)
        #expect(try await example.get("\(example.port)/") == page, comment)
        let again = try await site.sheaf("recover")
        #expect(again.output.contains("nothing to recover"), "\(comment): \(again)")
    }
}
