import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// The promises of the `Executor` port: repeatable, undoable, complete.
@Suite struct TransactionTests {
    private static let server =
        "import http.server, sys\n"
        + "class H(http.server.BaseHTTPRequestHandler):\n"
        + "    pass\n"
        + "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()\n"

    static func serve(_ port: Int, generation: Int = 1, name: String = "web") -> ResourceInstance {
        Samples.service(
            ["python3", "-c", server, String(port)],
            port: port,
            name: name,
            generation: generation
        )
    }

    private func becomesReady(_ instance: ResourceInstance, in scratch: Scratch) async throws -> Bool {
        try await eventually { try await scratch.executor.observe(instance).progress == .ready }
    }

    @Test func everyCallMayBeRepeated() async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1010"], generation: 1)
        let new = Samples.worker(["/bin/sleep", "1011"], generation: 2)
        try await scratch.apply(Samples.create(old))
        let step = Samples.replace(old, new)
        for _ in 0..<2 { _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([])) }
        for _ in 0..<2 { try await scratch.executor.perform(step) }
        let supervisor = try #require(scratch.incarnation(of: new).supervisor)
        _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        try await scratch.executor.perform(step)
        #expect(scratch.incarnation(of: new).supervisor == supervisor, "what runs is left alone")
        #expect(scratch.incarnation(of: old).supervisor != nil, "the old one goes on until finish")
        for _ in 0..<2 { try await scratch.executor.finish(step) }
        #expect(scratch.incarnation(of: old).supervisor == nil)
        #expect(scratch.processes(of: old).isEmpty)
        #expect(scratch.incarnation(of: new).supervisor == supervisor)
        for _ in 0..<2 { try await scratch.executor.finish(Samples.delete(new)) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func revertingTwiceLeavesTheOldOneAsItWas() async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1012"], generation: 1)
        let new = Samples.worker(["/bin/sleep", "1013"], generation: 2)
        try await scratch.apply(Samples.create(old))
        let before = scratch.leftovers
        let supervisor = try #require(scratch.incarnation(of: old).supervisor)
        let step = Samples.replace(old, new)
        try await scratch.apply(step)
        for _ in 0..<2 { try await scratch.executor.revert(step) }
        #expect(scratch.incarnation(of: old).supervisor == supervisor)
        #expect(scratch.leftovers == before)
        try await scratch.executor.revert(Samples.create(old))
    }

    @Test func revertingWhatWasNeverPreparedDoesNothing() async throws {
        let scratch = try Scratch()
        for _ in 0..<2 { try await scratch.executor.revert(Samples.create(Samples.worker(["/bin/sleep", "1"]))) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test(arguments: ["config", "run", "log", "temp"])
    func revertsAfterHalfAPrepare(_ folder: String) async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1"])
        let path = "\(scratch.executor.files(of: worker).folder)/\(folder)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try DurableFile.writeText("half", to: "\(path)/file.tmp")
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aHalfPreparedFolderIsMadeAnew() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1014"])
        let files = scratch.executor.files(of: worker)
        try FileManager.default.createDirectory(atPath: files.config, withIntermediateDirectories: true)
        try DurableFile.writeText("stale", to: "\(files.config)/stale")
        try await scratch.apply(Samples.create(worker))
        #expect(TextFile.read("\(files.config)/stale") == nil)
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test(arguments: [false, true])
    func anUndoStartsWhatRanBeforeAndNothingElse(ran: Bool) async throws {
        let scratch = try Scratch()
        let old = Samples.worker(["/bin/sleep", "1015"]), new = Samples.worker(["/bin/sleep", "1016"], generation: 2)
        try await scratch.apply(Samples.create(old))
        if !ran { try scratch.incarnation(of: old).stop() }
        let step = try await scratch.apply(Samples.replace(old, new))
        // Whatever ended it meanwhile: only what ran before the step is started by the undo.
        try scratch.incarnation(of: old).stop()
        try await scratch.executor.revert(step)
        if ran {
            #expect(try await becomesReady(old, in: scratch))
        } else {
            #expect(scratch.incarnation(of: old).supervisor == nil)
        }
        try await scratch.executor.revert(Samples.create(old))
    }

    @Test func aPortIsHandedOverAndBack() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let old = Self.serve(port, generation: 1)
        let new = Self.serve(port, generation: 2)
        try await scratch.apply(Samples.create(old))
        #expect(try await becomesReady(old, in: scratch))
        let step = Samples.replace(old, new, handsOver: true)
        try await scratch.apply(step)
        #expect(try await becomesReady(new, in: scratch))
        #expect(scratch.incarnation(of: old).supervisor == nil)
        try await scratch.executor.revert(step)
        #expect(try await becomesReady(old, in: scratch))
        #expect(scratch.incarnation(of: new).supervisor == nil)
        let state = try await scratch.executor.observe(old)
        #expect(state.status == "active")
        #expect(state.runtime == "running:1")
        #expect(state.location == "127.0.0.1:\(port)")
        try await scratch.executor.finish(Samples.delete(old))
        #expect(PortProbe.availability(port) == .free)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test(arguments: [false, true])
    func anUpdateInPlaceTouchesNoProcessAndCanBeGoneBackTo(isOfOlderSheaf: Bool) async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let old = Self.serve(port, generation: 1)
        var owned = old
        owned.resource = old.resource.owned(by: "ann")
        owned.resource.dependencies = [Dependency(resource: ResourceID(kind: .volume, workspace: nil, name: "v"))]
        try await scratch.apply(Samples.create(old))
        #expect(try await becomesReady(old, in: scratch))
        if isOfOlderSheaf {
            let whole = Digest(of: try CanonicalJSON.encode(old.resource)).description
            try DurableFile.writeText(whole, to: scratch.executor.files(of: old).definition)
        }
        let supervisor = try #require(scratch.incarnation(of: old).supervisor)
        let update = Samples.update(old, owned)
        for _ in 0..<2 { try await scratch.apply(update) }
        try await scratch.executor.finish(update)
        #expect(scratch.incarnation(of: owned).supervisor == supervisor)

        // A later hand-over that fails has to start what was accepted in place.
        let handover = Samples.replace(owned, Self.serve(port, generation: 2), handsOver: true)
        try await scratch.apply(handover)
        #expect(scratch.incarnation(of: owned).supervisor == nil)
        try await scratch.executor.revert(handover)
        #expect(try await becomesReady(owned, in: scratch))

        // So has one after the update itself was undone.
        try await scratch.executor.revert(update)
        let other = Samples.replace(old, Self.serve(port, generation: 3), handsOver: true)
        try await scratch.apply(other)
        try await scratch.executor.revert(other)
        #expect(try await becomesReady(old, in: scratch))
        try await scratch.executor.finish(Samples.delete(old))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aServiceThatWasKeptWithOtherDependenciesIsStartedAgainByAnUndo() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        var old = Self.serve(port, generation: 1)
        try await scratch.apply(Samples.create(old))
        #expect(try await becomesReady(old, in: scratch))
        // An apply that only changes what it waits for keeps the service and its folder.
        old.resource.dependencies = [Dependency(resource: Samples.volume().resource.id)]
        old.resource.item = "inner/web"
        let step = Samples.replace(old, Self.serve(port, generation: 2), handsOver: true)
        try await scratch.apply(step)
        try await scratch.executor.revert(step)
        #expect(try await becomesReady(old, in: scratch))
        try await scratch.executor.finish(Samples.delete(old))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aFolderOfAnotherDefinitionIsNotAccepted() async throws {
        let scratch = try Scratch()
        let made = Samples.worker(["/bin/sleep", "1016"])
        let wanted = Samples.worker(["/bin/sleep", "1017"])
        try await scratch.apply(Samples.create(made))
        var owned = wanted
        owned.resource = wanted.resource.owned(by: "ann")
        let path = scratch.executor.files(of: made).definition
        let before = TextFile.read(path)
        try await scratch.executor.perform(Samples.update(wanted, owned))
        #expect(TextFile.read(path) == before)
        try await scratch.executor.revert(Samples.create(made))
    }

    @Test func aWorkerWhoseStatusWasLostWithThePowerDoesNotRun() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1015"])
        try await scratch.apply(Samples.create(worker))
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(9)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
        try await eventually("its lock is free") { !scratch.incarnation(of: worker).isLocked }
        try FileManager.default.removeItem(atPath: scratch.executor.files(of: worker).supervision.status)
        let state = try await scratch.executor.observe(worker)
        #expect(state.progress == .failed && state.evidence == "it does not run")
        try await scratch.executor.finish(Samples.delete(worker))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aTakenPortIsRefusedWithTheNameOfItsHolder() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let holder = Self.serve(port, name: "holder")
        try await scratch.apply(Samples.create(holder))
        #expect(try await becomesReady(holder, in: scratch))
        let pid = try #require(try await scratch.executor.observe(holder).pids.first)
        let before = scratch.leftovers
        let step = Samples.create(Self.serve(port, name: "second"))
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        }
        #expect(error?.reason == .portTaken)
        #expect(error?.message.contains("process \(pid) (") == true, "\(error?.message ?? "")")
        try await scratch.executor.revert(step)
        #expect(scratch.leftovers == before)
        try await scratch.executor.finish(Samples.delete(holder))
    }

    @Test func aVolumeThatExistedBeforeIsNotRemovedByAnUndo() async throws {
        let scratch = try Scratch()
        let volume = Samples.volume()
        let first = try await scratch.apply(Samples.create(volume))
        #expect(first.facts == ["volume.existed": "false"])
        let folder = try #require(try await scratch.executor.observe(volume).location)
        try DurableFile.writeText("precious", to: "\(folder)/file")
        let again = try await scratch.apply(Samples.create(Samples.volume(generation: 2)))
        #expect(again.facts == ["volume.existed": "true"])
        for _ in 0..<2 { try await scratch.executor.revert(again) }
        #expect(TextFile.read("\(folder)/file") == "precious")
        for _ in 0..<2 { try await scratch.executor.revert(first) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func preparingAVolumeAgainKeepsTheFirstFact() async throws {
        let scratch = try Scratch()
        let step = try await scratch.apply(Samples.create(Samples.volume()))
        let facts = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        #expect(facts == ["volume.existed": "false"])
    }

    @Test func aDeletedVolumeIsKeptUnlessItsDataMayGo() async throws {
        let scratch = try Scratch()
        let volume = Samples.volume()
        try await scratch.apply(Samples.create(volume))
        var step = Samples.delete(volume)
        try await scratch.executor.perform(step)
        try await scratch.executor.finish(step)
        #expect(try await scratch.executor.observe(volume).status == "active")
        step.deletesData = true
        for _ in 0..<2 { try await scratch.executor.finish(step) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func declarationsAreActiveAtOnce() async throws {
        let scratch = try Scratch()
        let secret = ResourceInstance(resource: Samples.secret("s", ["k": "v"]), generation: 1)
        try await scratch.apply(Samples.create(secret))
        #expect(try await scratch.executor.observe(secret) == .active)
        try await scratch.executor.revert(Samples.create(secret))
        #expect(scratch.leftovers.isEmpty)
    }
}
