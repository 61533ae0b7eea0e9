import SheafModel
import Testing

@Suite struct StateTestTests {
    struct Case: Sendable {
        var test: StateTest
        var state: String
        var passes: Bool
    }

    @Test(arguments: [
        Case(test: StateTest(is: ["active"]), state: "active", passes: true),
        Case(test: StateTest(is: ["active"]), state: "inactive", passes: false),
        Case(test: StateTest(is: ["active", "error"]), state: "error", passes: true),
        Case(test: StateTest(contains: ["act"]), state: "inactive", passes: true),
        Case(test: StateTest(is: ["pending"], contains: ["run"]), state: "running:1", passes: true),
        Case(test: StateTest(is: ["running"]), state: "running:1", passes: false),
        Case(test: StateTest(is: ["running:1"]), state: "running:1", passes: true),
        Case(test: StateTest(is: ["running:1"]), state: "running:3", passes: true),
        Case(test: StateTest(is: ["running:2"]), state: "running:1", passes: false),
        Case(test: StateTest(is: ["running:1"]), state: "pending:2", passes: false),
        Case(test: StateTest(is: ["pending:0/1"]), state: "pending:0/1", passes: true),
        Case(test: StateTest(), state: "active", passes: false),
        Case(test: StateTest(is: [""]), state: "", passes: true),
    ])
    func matchesByWordCountOrPart(_ test: Case) {
        #expect(test.test.matches(test.state) == test.passes)
    }
}

@Suite struct DependencyTests {
    private let id = ResourceID(kind: .service, workspace: nil, name: "db")

    @Test func withoutTestsTheStatusMustBeActive() {
        let dependency = Dependency(resource: id)
        #expect(dependency.isSatisfied(status: "active", runtime: ""))
        #expect(!dependency.isSatisfied(status: "pending", runtime: "running:1"))
    }

    @Test func statusAndRuntimeMustBothHold() {
        let dependency = Dependency(
            resource: id,
            status: StateTest(is: ["active"]),
            runtime: StateTest(is: ["running:1"])
        )
        #expect(dependency.isSatisfied(status: "active", runtime: "running:2"))
        #expect(!dependency.isSatisfied(status: "active", runtime: "pending:0/1"))
        #expect(!dependency.isSatisfied(status: "error", runtime: "running:1"))
    }

    @Test func aRuntimeTestAloneLeavesTheStatusOpen() {
        let dependency = Dependency(resource: id, runtime: StateTest(is: ["succeeded"]))
        #expect(dependency.isSatisfied(status: "error", runtime: "succeeded"))
        #expect(!dependency.isSatisfied(status: "active", runtime: "failed"))
    }

    @Test func survivesJSON() throws {
        let dependency = Dependency(resource: id, status: StateTest(is: ["a"], contains: ["b"]))
        let data = try CanonicalJSON.encode(dependency)
        #expect(try CanonicalJSON.decode(Dependency.self, from: data) == dependency)
    }
}
