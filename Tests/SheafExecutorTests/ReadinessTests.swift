import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct ReadinessTests {
    private func service(
        _ command: [String],
        port: Int,
        _ rule: ReadinessRule,
        extra: [String: JSONValue] = [:]
    ) -> ResourceInstance {
        var service = Samples.service(command, port: port, extra: extra)
        service.resource.readiness = rule
        return service
    }

    private func httpd(_ port: Int) -> [String] {
        ["busybox", "httpd", "-f", "-p", "127.0.0.1:\(port)", "-h", "/var/dataos/temp_data"]
    }

    private func temp(of instance: ResourceInstance, in scratch: Scratch) -> String {
        "\(scratch.executor.files(of: instance).temp)/data"
    }

    @Test func aServiceIsReadyOnceItsPathIsAnswered() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let service = service(httpd(port), port: port, ReadinessRule(http: "/health", period: "10ms", timeout: "20s"))
        try await scratch.apply(Samples.create(service))
        #expect(
            try await eventually {
                try await scratch.executor.observe(service).evidence == "GET /health answered 404"
            }
        )
        let state = try await scratch.executor.observe(service)
        #expect(state.progress == .pending)
        #expect(state.status == "pending")
        try DurableFile.writeText("well\n", to: "\(temp(of: service, in: scratch))/health")
        #expect(try await eventually { try await scratch.executor.observe(service).progress == .ready })
        try await scratch.executor.revert(Samples.create(service))
    }

    @Test func aProbeThatIsNotAnsweredTakesNoLongerThanItMay() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let service = service(
            httpd(port),
            port: port,
            ReadinessRule(http: "/cgi-bin/slow", period: "1ms", timeout: "50ms")
        )
        try await scratch.apply(Samples.create(service))
        let folder = "\(temp(of: service, in: scratch))/cgi-bin"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try DurableFile.write(Array("#!/bin/sh\nsleep 1030\n".utf8), to: "\(folder)/slow", mode: 0o700)
        #expect(
            try await eventually {
                try await scratch.executor.observe(service).evidence == "GET /cgi-bin/slow was not answered within 50ms"
            }
        )
        try await scratch.executor.revert(Samples.create(service))
    }

    @Test func aCommandIsRunWhereTheProcessRuns() async throws {
        let scratch = try Scratch()
        var worker = Samples.worker(
            ["/bin/sleep", "1031"],
            extra: ["envs": .object(["WHO": .string("me"), "API_TOKEN": .string("abcdefgh")])]
        )
        let probe = "echo $WHO in $(pwd) with $API_TOKEN; test -e /var/dataos/temp_data/well"
        worker.resource.readiness = ReadinessRule(command: ["sh", "-c", probe], period: "10ms", timeout: "20s")
        try await scratch.apply(Samples.create(worker))
        let folder = temp(of: worker, in: scratch)
        let expected = "'sh' ended with exit code 1: me in \(folder) with •••"
        #expect(try await eventually { try await scratch.executor.observe(worker).evidence == expected })
        try DurableFile.writeText("", to: "\(folder)/well")
        #expect(try await eventually { try await scratch.executor.observe(worker).progress == .ready })
        #expect(scratch.processes(of: worker).count == 2, "the supervisor and the process: no probe is left")
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aCommandThatHangsIsEndedWithAllThatItStarted() async throws {
        let scratch = try Scratch()
        var worker = Samples.worker(["/bin/sleep", "1032"])
        worker.resource.readiness = ReadinessRule(
            command: ["sh", "-c", "sleep 1033 & sleep 1034"],
            period: "1ms",
            timeout: "100ms"
        )
        try await scratch.apply(Samples.create(worker))
        #expect(
            try await eventually {
                try await scratch.executor.observe(worker).evidence == "'sh' did not end within 100ms"
            }
        )
        #expect(try await eventually { scratch.processes(of: worker).count == 2 })
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aThresholdAsksForSuccessesInARow() async throws {
        let scratch = try Scratch()
        var worker = Samples.worker(["/bin/sleep", "1035"])
        worker.resource.readiness = ReadinessRule(command: ["true"], period: "1ms", timeout: "20s", threshold: 3)
        try await scratch.apply(Samples.create(worker))
        let seen = Locked<Set<String>>([])
        #expect(
            try await eventually {
                let state = try await scratch.executor.observe(worker)
                seen.update { $0.insert(state.evidence ?? "") }
                return state.progress == .ready
            }
        )
        #expect(seen.value.contains("2 of 3 probes in a row have succeeded"))
        let later = LocalExecutor(
            home: scratch.home,
            tools: Scratch.tools,
            content: scratch.content,
            secrets: NoSecrets(),
            environment: Scratch.environment
        )
        #expect(try await later.observe(worker).progress == .ready, "who looks later need not wait for three")
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func allPortsMustAccept() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find(), further = try FreePort.find()
        let script = """
            busybox httpd -f -p 127.0.0.1:\(port) & until [ -e go ]; do sleep 0.05; done
            busybox httpd -f -p 127.0.0.1:\(further)
            """
        let service = Samples.service(
            ["/bin/sh", "-c", script],
            port: port,
            extra: [
                "servicePorts": .array([
                    .object(["name": .string("backup"), "servicePort": .integer(Int64(further))])
                ])
            ]
        )
        try await scratch.apply(Samples.create(service))
        #expect(
            try await eventually {
                try await scratch.executor.observe(service).evidence == "port \(further) refused"
            }
        )
        try DurableFile.writeText("", to: "\(temp(of: service, in: scratch))/go")
        #expect(try await eventually { try await scratch.executor.observe(service).progress == .ready })
        try await scratch.executor.revert(Samples.create(service))
    }
}
