import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// What others do to the files, the ports and the numbers of incarnations.
@Suite struct ForeignHandsTests {
    private func removeWorkloads(_ scratch: Scratch) throws {
        try FileManager.default.removeItem(atPath: "\(scratch.home)/workloads")
    }

    @Test(arguments: [true, false])
    func whatWasMadeFromAnotherDefinitionIsNotAdopted(_ knowsItsDefinition: Bool) async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1020"])
        let new = Samples.worker(["/bin/sleep", "1021"])
        try await scratch.apply(Samples.create(old))
        let processes = scratch.processes(of: old)
        #expect(!processes.isEmpty)
        let files = scratch.executor.files(of: new)
        if !knowsItsDefinition { try FileManager.default.removeItem(atPath: files.definition) }
        // The store was lost: the same number comes again for another definition.
        try await scratch.apply(Samples.create(new))
        #expect(processes.allSatisfy { !$0.isAlive })
        #expect(files.plan?.processes.first?.arguments == ["/bin/sleep", "1021"])
        #expect(try await eventually { try await scratch.executor.observe(new).progress == .ready })
        try await scratch.executor.revert(Samples.create(new))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aRunOfAnotherDefinitionIsNotTakenForItsOwn() async throws {
        let scratch = try Scratch()
        let trace = "\(scratch.home)/trace"
        let old = Samples.workflow([Samples.job("job", "echo old >> \(trace)")])
        let new = Samples.workflow([Samples.job("job", "echo new >> \(trace)")])
        for workflow in [old, new] {
            try await scratch.apply(Samples.create(workflow))
            #expect(try await eventually { try await scratch.executor.observe(workflow).runtime == "succeeded" })
        }
        #expect(TextFile.read(trace) == "old\nnew\n")
    }

    @Test func anotherDefinitionIsNotStarted() async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1022"])
        let new = Samples.worker(["/bin/sleep", "1023"])
        _ = try await scratch.executor.prepare(Samples.create(old), resources: MemoryDirectory([]))
        let error = await #expect(throws: ExecutorError.self) {
            try await scratch.executor.perform(Samples.create(new))
        }
        #expect(error?.reason == .notPrepared)
        #expect(scratch.processes(of: new).isEmpty)
    }

    @Test func aServiceIsNotReadyThroughThePortOfAnother() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let holder = TransactionTests.serve(port, name: "holder")
        // It is prepared while the port is free, and never listens.
        let idle = Samples.service(["/bin/sleep", "1024"], port: port, name: "idle")
        _ = try await scratch.executor.prepare(Samples.create(idle), resources: MemoryDirectory([]))
        try await scratch.apply(Samples.create(holder))
        #expect(try await eventually { try await scratch.executor.observe(holder).progress == .ready })
        try await scratch.executor.perform(Samples.create(idle))
        let state = try await scratch.executor.observe(idle)
        #expect(state.progress == .pending)
        #expect(state.evidence == "port \(port) is served, but not by it")
        for instance in [idle, holder] { try await scratch.executor.finish(Samples.delete(instance)) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aServiceIsReadyThroughAGrandchild() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let server = "python3 -m http.server --bind 127.0.0.1 \(port)"
        let service = Samples.service(["/bin/sh", "-c", "(setsid \(server) &); exec sleep 1025"], port: port)
        try await scratch.apply(Samples.create(service))
        #expect(try await eventually { try await scratch.executor.observe(service).progress == .ready })
        try await scratch.executor.finish(Samples.delete(service))
    }

    @Test(.enabled(if: Self.canRunPostgres, "needs PostgreSQL and sheaf-steampipe"))
    func steampipeIsReadyThroughItsOwnPostgres() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let service = Samples.service(
            [],
            port: port,
            name: "sql",
            extra: ["stack": .string("steampipestack:1.0"), "stackSpec": .object([:])]
        )
        try await scratch.apply(Samples.create(service))
        let isReady = try await eventually {
            try await scratch.executor.observe(service).progress == .ready
        }
        #expect(isReady, "\(scratch.log(of: service))")
        try await scratch.executor.finish(Samples.delete(service))
        #expect(scratch.leftovers.isEmpty)
    }

    private static let canRunPostgres =
        HostEnvironment(variables: Scratch.environment).postgres != nil
        && FileManager.default.isExecutableFile(atPath: Scratch.tools.steampipe)

    @Test(arguments: ["folder", "launch", "definition"])
    func anUndoDoesNotFailOverAnOldIncarnationThatCannotStart(_ harm: String) async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1026"], generation: 1)
        let new = Samples.worker(["/bin/sleep", "1027"], generation: 2)
        _ = try await scratch.executor.prepare(Samples.create(old), resources: MemoryDirectory([]))
        let step = try await scratch.apply(Samples.replace(old, new))
        let files = scratch.executor.files(of: old)
        switch harm {
        case "folder": try FileManager.default.removeItem(atPath: files.folder)
        case "launch": try DurableFile.writeText("damaged", to: files.supervision.launch)
        default: try DurableFile.writeText("another", to: files.definition)
        }
        for _ in 0..<2 { try await scratch.executor.revert(step) }
        #expect(scratch.processes(of: old).isEmpty)
        #expect(scratch.processes(of: new).isEmpty)
    }

    @Test func whatLostItsFolderIsEndedByItsMarker() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "setsid sleep 1028 & exec sleep 1029"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.processes(of: worker).count >= 3 })
        try removeWorkloads(scratch)
        for _ in 0..<2 { try await scratch.executor.finish(Samples.delete(worker)) }
        #expect(scratch.processes(of: worker).isEmpty)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func whatLostItsFolderIsNotRunTwice() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1030"])
        try await scratch.apply(Samples.create(worker))
        let processes = scratch.processes(of: worker)
        try removeWorkloads(scratch)
        try await scratch.apply(Samples.create(worker))
        #expect(processes.allSatisfy { !$0.isAlive })
        #expect(scratch.incarnation(of: worker).supervisor != nil)
        try await scratch.executor.finish(Samples.delete(worker))
    }

    @Test func filesAreRemovedWhateverTheirNames() async throws {
        let scratch = try Scratch()
        let outside = "\(scratch.home)/outside"
        try DurableFile.writeText("precious", to: outside)
        // Bytes that are no UTF-8, a link to a folder above, a folder in a folder.
        let script = """
            cd "$DATAOS_TEMP_DIR"; : > "$(printf 'a\\377')"; mkdir -p b/c; : > b/c/d; ln -s \(scratch.home) link
            echo done
            """
        let worker = Samples.worker(["/bin/sh", "-c", "\(script); exec sleep 1031"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("done") })
        try await scratch.executor.finish(Samples.delete(worker))
        #expect(scratch.leftovers == ["outside"])
        #expect(TextFile.read(outside) == "precious")
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount"))
    func whatCannotBeRemovedIsNamedInWords() async throws {
        let scratch = try Scratch()
        let volume = Samples.volume()
        try await scratch.apply(Samples.create(volume))
        let folder = try #require(try await scratch.executor.observe(volume).location)
        let mounted = "\(folder)/mounted"
        try FileManager.default.createDirectory(atPath: mounted, withIntermediateDirectories: true)
        try #require(mount("none", mounted, "tmpfs", 0, nil) == 0)
        defer { umount2(mounted, Int32(MNT_DETACH)) }
        var step = Samples.delete(volume)
        step.deletesData = true
        let error = await #expect(throws: ExecutorError.self) { try await scratch.executor.finish(step) }
        #expect(error?.reason == .fileFailure)
        #expect(
            error?.message == "cannot remove \(mounted) for \(volume.resource.id): Device or resource busy"
        )
    }
}

@Suite struct BoundsTests {
    @Test(arguments: [131_071, 131_072])
    func wordsThatTheKernelRefusesAreFoundInPrepare(_ length: Int) async throws {
        let scratch = try Scratch()
        let prefix = "BIG="
        let value = String(repeating: "x", count: length - prefix.utf8.count)
        let argument = Samples.worker(["/bin/true", String(repeating: "x", count: length)])
        let variable = Samples.worker(["/bin/true"], extra: ["envs": .object(["BIG": .string(value)])])
        for worker in [argument, variable] {
            let step = Samples.create(worker)
            guard length > 131_071 else {
                try await scratch.apply(step)
                try await scratch.executor.revert(step)
                continue
            }
            let error = await #expect(throws: ExecutorError.self) {
                _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
            }
            #expect(error?.reason == .invalidValue)
            #expect(error?.message.contains("131071 bytes") == true)
            #expect(error?.message.contains("xxxx") == false, "the value may be a secret")
        }
    }

    @Test func theEndOfAHugeLogIsReadAlone() throws {
        let scratch = try Scratch()
        let log = "\(scratch.home)/log"
        let redaction = Redaction(values: [])
        try DurableFile.writeText("", to: log)
        // Sparse: a gigabyte of one line that takes no room.
        try #require(truncate(log, 1 << 30) == 0)
        #expect(LogTail.lines(of: log, count: 5, redaction: redaction) == ["(a line of more than 65536 bytes)"])
        let descriptor = try #require(fopen(log, "a"))
        fputs("\nthe reason\n\(String(repeating: "y", count: 5000))\n", descriptor)
        fclose(descriptor)
        let lines = LogTail.lines(of: log, count: 5, redaction: redaction)
        #expect(lines == ["the reason", String(repeating: "y", count: 1000) + "…"])
    }
}
