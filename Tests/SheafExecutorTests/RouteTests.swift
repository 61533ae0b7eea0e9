import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// What is written of the routes of services in each moment of a transaction.
@Suite struct RouteTests {
    private static func service(
        _ port: Int,
        generation: Int,
        path: String? = nil,
        name: String = "web",
        replicas: Int64 = 2
    ) -> ResourceInstance {
        var extra: [String: JSONValue] = ["replicas": .integer(replicas), "envs": .object(["PORT": .string("1")])]
        if let path { extra["ingress"] = .object(["enabled": .bool(true), "path": .string(path)]) }
        return Samples.service(["/bin/sleep", "1000"], port: port, name: name, generation: generation, extra: extra)
    }

    private func route(in scratch: Scratch, name: String = "web") throws -> GatewayRoute? {
        let id = "public.\(name)"
        let text = TextFile.read("\(ExecutorHome(scratch.home).gateway.routes)/\(id)")
        return try text.map { try GatewayRoute(decoding: $0, id: id) }
    }

    private func ports(of instance: ResourceInstance, in scratch: Scratch) -> [Int] {
        scratch.executor.files(of: instance).ports?.behind(0) ?? []
    }

    @Test func theOldInstancesAreReachedUntilTheStepIsFinished() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let old = Self.service(port, generation: 1), new = Self.service(port, generation: 2)
        try await scratch.apply(Samples.create(old))
        let first = ports(of: old, in: scratch)
        #expect(first.count == 2)
        #expect(try route(in: scratch)?.forwards == [.init(port: port, instances: first)])
        // Once more, as after a crash: the same ports and the same route.
        try await scratch.apply(Samples.create(old))
        #expect(ports(of: old, in: scratch) == first)
        let step = try await scratch.apply(Samples.replace(old, new))
        let second = ports(of: new, in: scratch)
        #expect(Set(second).isDisjoint(with: first) && second.count == 2)
        #expect(try route(in: scratch)?.forwards == [.init(port: port, instances: first)])
        #expect(!scratch.processes(of: old).isEmpty && !scratch.processes(of: new).isEmpty)
        for _ in 0..<2 {
            try await scratch.executor.finish(step)
            #expect(try route(in: scratch)?.forwards == [.init(port: port, instances: second)])
        }
        #expect(scratch.processes(of: old).isEmpty)
        try await scratch.executor.finish(Samples.delete(new))
        #expect(try route(in: scratch) == nil)
        let gateway = IncarnationPaths(folder: ExecutorHome(scratch.home).gateway.folder)
        #expect(ProcessTable.processes(withEnvironment: gateway.marker).isEmpty, "it ends with the last route")
    }

    @Test func anUndoLeavesTheOldRouteAlone() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let old = Self.service(port, generation: 1), new = Self.service(port, generation: 2, replicas: 3)
        try await scratch.apply(Samples.create(old))
        let before = try route(in: scratch)
        let step = try await scratch.apply(Samples.replace(old, new))
        for _ in 0..<2 { try await scratch.executor.revert(step) }
        #expect(try route(in: scratch) == before)
        // An undo of what was only prepared knows nothing of what was before.
        var unmade = step
        unmade.before = nil
        try await scratch.executor.revert(unmade)
        #expect(try route(in: scratch) == before)
        #expect(!scratch.processes(of: old).isEmpty)
        try await scratch.executor.revert(Samples.create(old))
        #expect(try route(in: scratch) == nil)
    }

    @Test func aNewPortOfTheServiceIsOpenBeforeTheOldOneCloses() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find(), other = try FreePort.find()
        let old = Self.service(port, generation: 1), new = Self.service(other, generation: 2)
        try await scratch.apply(Samples.create(old))
        let step = try await scratch.apply(Samples.replace(old, new))
        #expect(try route(in: scratch)?.forwards.map(\.port) == [port, other])
        try await scratch.executor.revert(step)
        #expect(try route(in: scratch)?.forwards.map(\.port) == [port])
    }

    @Test func aPathBelongsToOneService() async throws {
        let scratch = try Scratch()
        // Homes of other tests look for a free port of their own at the same time.
        let gateway = ExecutorHome(scratch.home).gateway
        try FileManager.default.createDirectory(atPath: gateway.folder, withIntermediateDirectories: true)
        try DurableFile.write(Array("\(FreePort.find())\n".utf8), to: gateway.ingressPort)
        let first = Self.service(try FreePort.find(), generation: 1, path: "/shop")
        try await scratch.apply(Samples.create(first))
        let second = Self.service(try FreePort.find(), generation: 1, path: "shop/", name: "other")
        let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(second)) }
        #expect(error?.reason == .pathTaken)
        #expect(error?.message.contains("service:web:public") == true)
    }

    @Test func aPortOfAStrangerIsRefusedBeforeAnythingHappens() async throws {
        let scratch = try Scratch()
        let taken = try TakenPort()
        let service = Self.service(taken.port, generation: 1)
        let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(service)) }
        #expect(error?.reason == .portTaken)
        #expect(try route(in: scratch) == nil)
    }
}
