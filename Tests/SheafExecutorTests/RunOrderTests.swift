import SheafSupervision
import Testing

/// What is special about a run, and the groups of a plan, as files.
@Suite struct RunOrderTests {
    private let order = RunOrder(
        id: "1m8ke8yxbcdynpk0d",
        logFolder: "/home/of sheaf/runs/public/a\nb/log",
        generation: 3,
        cause: "apply",
        startedAt: 1_795_945_555_123,
        users: ["ann", "bob of\nsales"],
        discarded: ["/x/temp"]
    )

    @Test func readsWhatItWrites() throws {
        #expect(try RunOrder(decoding: String(decoding: order.encoded(), as: UTF8.self)) == order)
    }

    @Test(arguments: [
        "", "sheaf-run 2\n", "sheaf-run 1\n", "sheaf-run 1\nid x\nlogs relative\n", "sheaf-run 1\nnew x\n",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(throws: FormatError.self) { try RunOrder(decoding: text) }
    }

    @Test func aPlanFollowsARun() {
        let plan = LaunchPlan(processes: [
            ProcessPlan(
                name: "load",
                arguments: ["/bin/x"],
                environment: ["DATAOS_RUN_ID": RunOrder.idPlaceholder, "OTHER": "not {run}"],
                logPath: "/elsewhere"
            )
        ])
        let process = plan.following(order).processes[0]
        #expect(process.logPath == order.logFolder + "/load.log")
        #expect(process.environment == ["DATAOS_RUN_ID": order.id, "OTHER": "not {run}"])
    }

    @Test func aRetryOfAnOlderSheafIsForEveryFailure() throws {
        let text = "sheaf-launch 1\nprocess a\nargument /x\nlog /l\nrestart on-failure 2 5 -\n"
        let plan = try LaunchPlan(decoding: text)
        #expect(plan.processes.map(\.restart) == [.onFailure(count: 2, pause: 5, maxDuration: nil, causes: .any)])
    }

    @Test(arguments: [
        "group a b never\n", "group a - never\ngroup a - never\n", "group a\n", "group a a never\n",
        "process p\nargument /x\nlog /l\nin nowhere\n",
    ])
    func refusesGroupsThatAreNotThere(_ text: String) {
        let process = text.contains("process") ? "" : "process p\nargument /x\nlog /l\n"
        #expect(throws: FormatError.self) { try LaunchPlan(decoding: "sheaf-launch 1\n\(text)\(process)") }
    }
}
