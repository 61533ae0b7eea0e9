import Glibc
import NIOCore
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Ports that the gateway has in the place of a service, and what happens when its instances change.
@Suite struct ForwardTests {
    /// Sends back what comes, with a name before it.
    private static func echo(_ name: String) throws -> Instance {
        try Instance { connection in
            try connection.send(name)
            while true {
                let bytes = try connection.receive()
                if bytes.isEmpty { return connection.finishSending() }
                try connection.send(bytes)
            }
        }
    }

    @Test func connectionsAreSharedOutAmongTheInstances() async throws {
        let gateway = try RunningGateway()
        let one = try Self.echo("1"), two = try Self.echo("2")
        let port = try FreePort.find()
        try await gateway.route(to: [one.port, two.port], forwarding: port)
        let open = try (0..<10).map { _ in try Connection(to: port) }
        let names = try open.map { try $0.receive(exactly: 1) }
        #expect(names.count { $0 == Array("1".utf8) } == 5)
        for connection in open {
            try connection.send("ping")
            connection.finishSending()
            #expect(try connection.receiveAll() == Array("ping".utf8))
        }
    }

    @Test func whatIsOpenStaysWithTheOldInstanceAndIsTold() async throws {
        let gateway = try RunningGateway()
        let old = try Self.echo("1"), new = try Self.echo("2")
        let port = try FreePort.find()
        try await gateway.route(to: [old.port], forwarding: port)
        let first = try Connection(to: port)
        #expect(try first.receive(exactly: 1) == Array("1".utf8))
        try await gateway.route(to: [new.port], forwarding: port)
        #expect(gateway.state?.draining == [old.port: 1])
        let second = try Connection(to: port)
        #expect(try second.receive(exactly: 1) == Array("2".utf8))
        try first.send("still")
        first.finishSending()
        #expect(try first.receiveAll() == Array("still".utf8))
        try await eventually("the old one is drained") { gateway.state?.draining == [:] }
    }

    @Test func anInstanceThatIsNotToBeUsedKeepsOnlyWhatItHas() async throws {
        let gateway = try RunningGateway()
        let one = try Self.echo("1"), two = try Self.echo("2")
        let port = try FreePort.find()
        let serving = "\(gateway.paths.runFolder)/serving"
        try await gateway.route(to: [one.port, two.port], forwarding: port, serving: serving)
        #expect(gateway.state?.resting == [], "all of them, as long as nobody says anything else")
        let open = try (0..<2).map { _ in try Connection(to: port) }
        #expect(try Set(open.map { try $0.receive(exactly: 1) }) == [Array("1".utf8), Array("2".utf8)])
        try DurableFile.write(ServingPorts.encoded([one.port]), to: serving)
        gateway.reload()
        try await eventually("it is told") { gateway.state?.resting == [two.port] }
        #expect(gateway.state?.draining == [two.port: 1])
        for _ in 0..<4 { #expect(try Connection(to: port).receive(exactly: 1) == Array("1".utf8)) }
        for connection in open {
            try connection.send("still")
            connection.finishSending()
            #expect(try connection.receiveAll() == Array("still".utf8))
        }
        try await eventually("it is drained") { gateway.state?.draining == [:] }
        try DurableFile.write(ServingPorts.encoded([one.port, two.port]), to: serving)
        gateway.reload()
        try await eventually("both are used again") { gateway.state?.resting == [] }
    }

    @Test func aConnectionWaitsForAnInstance() async throws {
        let gateway = try RunningGateway()
        let port = try FreePort.find(), late = try FreePort.find()
        try await gateway.route(to: [late], forwarding: port)
        let connection = try Connection(to: port)
        try connection.send("hello")
        let instance = try Instance(port: late) { try $0.send(try $0.receive(exactly: 5)) }
        #expect(try connection.receiveAll() == Array("hello".utf8))
        withExtendedLifetime(instance) {}
    }

    @Test func whatIsSentBeforeThereIsAnInstanceArrivesWithItsEnd() async throws {
        let gateway = try RunningGateway()
        let port = try FreePort.find(), late = try FreePort.find()
        try await gateway.route(to: [late], forwarding: port)
        let connection = try Connection(to: port)
        try connection.send("all of it")
        connection.finishSending()
        let instance = try Instance(port: late) { try $0.send(try $0.receiveAll()) }
        #expect(try connection.receiveAll() == Array("all of it".utf8))
        withExtendedLifetime(instance) {}
    }

    @Test func aPortOfSomebodyElseIsToldAndTakenOnceItIsFree() async throws {
        let gateway = try RunningGateway()
        let instance = try Self.echo("1")
        var taken: TakenPort? = try TakenPort()
        let port = try #require(taken?.port)
        try await gateway.route(to: [instance.port], forwarding: port)
        #expect(gateway.state?.problems["web"]?.contains("cannot listen on port \(port)") == true)
        taken = nil
        try await eventually("it listens") { gateway.state?.problems.isEmpty == true }
        #expect(try Connection(to: port).receive(exactly: 1) == Array("1".utf8))
    }

    @Test func aRouteThatIsTakenAwayFreesItsPort() async throws {
        let gateway = try RunningGateway()
        let instance = try Self.echo("1")
        let port = try FreePort.find()
        try await gateway.route(to: [instance.port], forwarding: port)
        unlink("\(gateway.paths.routes)/web")
        gateway.reload()
        try await eventually("it is told") { gateway.state?.versions == [:] }
        // A child of another test may still have a copy of the socket, until it has become another program.
        try await eventually("nobody lets anyone in") { (try? Connection(to: port)) == nil }
    }

    @Test func noConnectionIsLostWhenInstancesChangeUnderLoad() async throws {
        let gateway = try RunningGateway()
        let old = try Instance.mirror("old"), new = try Instance.mirror("new")
        try await gateway.route("web", "/", to: [old.port])
        let bodies = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var bodies: [String] = []
                    for _ in 0..<100 {
                        bodies.append(try gateway.get("/").body)
                        // The calls block, and the routes are to change meanwhile.
                        await Task.yield()
                    }
                    return bodies
                }
            }
            for round in 0..<20 {
                try await gateway.route("web", "/", to: [round.isMultiple(of: 2) ? new.port : old.port])
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(bodies.count == 400)
        #expect(Set(bodies).isSubset(of: ["old", "new"]))
    }
}
