import NIOCore
import SheafSystem
import SheafTestSupport
import Testing

/// Services that are not there, clients that are slow, and requests that are no such.
@Suite struct TroubleTests {
    @Test func aServiceThatIsNotThereIsNamed() async throws {
        let gateway = try RunningGateway(hold: .milliseconds(100))
        try await gateway.route("web", "/", to: [try FreePort.find()])
        let response = try gateway.get("/")
        #expect(response.status == 503)
        #expect(response.body.contains("service:web:public") && response.body.contains("connection refused"))
    }

    @Test func aRequestWaitsForAServiceThatHandsItsPortOver() async throws {
        let gateway = try RunningGateway()
        let port = try FreePort.find()
        try await gateway.route("web", "/", to: [port])
        let waiting = try gateway.connect()
        try waiting.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        // Both are held: what was read of them goes on to whoever comes.
        let second = try gateway.connect()
        try second.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        let instance = try Instance.mirror(port: port)
        #expect(try waiting.receiveResponse().body.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(try second.receiveResponse().body.hasPrefix("GET /x HTTP/1.1\r\n"))
        withExtendedLifetime(instance) {}
    }

    @Test func anInstanceThatRefusesIsPassedOver() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror("here")
        try await gateway.route("web", "/", to: [try FreePort.find(), instance.port])
        for _ in 0..<10 { #expect(try gateway.get("/").body == "here") }
    }

    @Test func aRequestThatChangesNothingIsSentAgainAndOthersAreNot() async throws {
        let gateway = try RunningGateway()
        let broken = try Instance { _ = try $0.receive(through: "\r\n\r\n") }
        let whole = try Instance.mirror("whole")
        try await gateway.route("web", "/", to: [broken.port, whole.port])
        for _ in 0..<6 { #expect(try gateway.get("/").body == "whole") }
        try await gateway.route("web", "/", to: [broken.port])
        let before = broken.connections
        let response = try gateway.connect().exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
        #expect(response.status == 502 && response.body.contains("service:web:public"))
        #expect(broken.connections == before + 1)
    }

    @Test func aResponseThatBreaksOffIsCutOffForTheClientToo() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(String(decoding: try connection.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nhalf"))
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 4\r\n\r\nabcd",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n",
        "GET / HTTP/9.1\r\nHost: h\r\n\r\n",
        "nonsense\r\n\r\n",
    ])
    func whatCouldBeReadInTwoWaysReachesNobody(request: String) async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror()
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send(request)
        let text = String(decoding: try connection.receiveAll(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(text)")
        #expect(instance.connections == 0)
    }

    @Test func aProxyToElsewhereItIsNot() async throws {
        let gateway = try RunningGateway()
        try await gateway.route("web", "/", to: [try FreePort.find()])
        let connection = try gateway.connect()
        try connection.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n")
        #expect(String(decoding: try connection.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 405 "))
    }

    @Test func aClientThatSendsNothingMoreStillGetsItsResponse() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror("late")
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        connection.finishSending()
        #expect(String(decoding: try connection.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nlate"))
    }

    @Test func aBigBodyGoesNoFasterThanItIsTaken() async throws {
        let gateway = try RunningGateway()
        let size = 48 << 20
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            let sum = try connection.receive(exactly: size).reduce(0) { $0 &+ Int($1) }
            let text = String(sum)
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
        let piece = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0) }
        for _ in 0..<48 { try connection.send(piece) }
        let sum = piece.reduce(0) { $0 + Int($1) } * 48
        #expect(try connection.receiveResponse().body == String(sum))
    }

    @Test func aSlowClientHoldsUpNobodyElse() async throws {
        let gateway = try RunningGateway()
        let size = 32 << 20
        let instance = try Instance { connection in
            let head = try connection.receive(through: "\r\n\r\n")
            let count = head.hasPrefix("GET /big") ? size : 2
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
            try connection.send([UInt8](repeating: 7, count: count))
        }
        try await gateway.route("web", "/", to: [instance.port])
        let slow = try gateway.connect()
        try slow.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in 0..<20 { #expect(try gateway.get("/small").status == 200) }
        _ = try slow.receive(through: "\r\n\r\n")
        #expect(try slow.receive(exactly: size).allSatisfy { $0 == 7 })
    }

    @Test func aThousandIdleConnectionsLeaveRoomForMore() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror("room")
        try await gateway.route("web", "/", to: [instance.port])
        // Both ends are in this process, and the limit may be 1,024 descriptors for all of it.
        let idle = try (0..<(DescriptorLimit.raised > 4096 ? 1000 : 200)).map { _ in try gateway.connect() }
        for connection in idle.prefix(3) { try connection.send("GET / HTTP/1.1\r\n") }
        #expect(try gateway.get("/").body == "room")
        try idle[0].send("Host: h\r\n\r\n")
        #expect(try idle[0].receiveResponse().body == "room")
    }
}
