import NIOCore
import SheafTestSupport
import Testing

@Suite struct IngressTests {
    @Test func aRequestReachesTheServiceOfItsPathWithTheHeadersOfAProxy() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror()
        try await gateway.route("web", "/shop", strips: true, to: [instance.port])
        let request = "GET /shop/a?b=c HTTP/1.1\r\nHost: here:1\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\n\r\n"
        let response = try gateway.connect().exchange(request)
        #expect(response.status == 200)
        #expect(response.body.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
        #expect(Response.header("x-forwarded-for", in: response.body) == "127.0.0.1")
        #expect(Response.header("x-forwarded-host", in: response.body) == "here:1")
        #expect(Response.header("x-forwarded-proto", in: response.body) == "http")
        #expect(Response.header("x-forwarded-prefix", in: response.body) == "/shop")
        #expect(Response.header("host", in: response.body) == "here:1")
        #expect(Response.header("x-mine", in: response.body) == nil)
    }

    @Test func theGatewayAnswersForItsHealthAndForPathsOfNobody() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror()
        try await gateway.route("web", "/shop", to: [instance.port])
        let connection = try gateway.connect()
        let health = try connection.exchange("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        #expect(health.status == 200 && health.body == "{\"status\":\"ok\",\"routes\":1}\n")
        let unknown = try connection.exchange("POST /shopping HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        #expect(unknown.status == 404 && unknown.body.contains("/shop\n"))
        let known = try connection.exchange("GET /shop HTTP/1.1\r\nHost: here\r\n\r\n")
        #expect(known.status == 200, "a body that nobody wanted does not disturb what follows")
    }

    @Test func requestsOfOneConnectionAreAnsweredInTheirOrder() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror()
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send((1...20).map { "GET /\($0) HTTP/1.1\r\nHost: here\r\n\r\n" }.joined())
        for number in 1...20 {
            #expect(try connection.receiveResponse().body.hasPrefix("GET /\(number) HTTP/1.1\r\n"))
        }
        #expect(instance.connections == 20)
    }

    @Test func aHeadRequestHasNoBodyAndKeepsTheLength() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
        try connection.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        let head = try connection.receive(through: "\r\n\r\n")
        #expect(Response.header("content-length", in: head) == "5")
        #expect(String(decoding: try connection.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func aClientOfTheFirstVersionGetsABodyThatEndsWithTheConnection() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("GET / HTTP/1.0\r\n\r\n")
        let text = String(decoding: try connection.receiveAll(), as: UTF8.self)
        #expect(text.hasSuffix("\r\n\r\nabcde") && !text.lowercased().contains("chunked"))
    }

    @Test func chunksPassThroughAsTheyCome() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            // Each chunk of the request is answered before the next one comes.
            for _ in 0..<3 {
                let chunk = try connection.receive(through: "\r\n") + connection.receive(through: "\r\n")
                try connection.send(chunk)
            }
            try connection.send(try connection.receive(through: "0\r\n\r\n"))
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        _ = try connection.receive(through: "\r\n\r\n")
        for text in ["one", "two", "six"] {
            try connection.send("3\r\n\(text)\r\n")
            #expect(try connection.receive(through: "\(text)\r\n") == "3\r\n\(text)\r\n")
        }
        try connection.send("0\r\n\r\n")
        #expect(try connection.receive(through: "\r\n\r\n") == "0\r\n\r\n")
    }

    @Test func theWordToContinueIsPassedOn() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            _ = try connection.receive(exactly: 3)
            try connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(try connection.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
        try connection.send("abc")
        #expect(try connection.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 201 "))
    }

    @Test func bothSidesGoOnInAnotherProtocolOnceTheServiceAgrees() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance { connection in
            let head = try connection.receive(through: "\r\n\r\n")
            let agrees = Response.header("upgrade", in: head) == "echo"
            let line = "HTTP/1.1 \(agrees ? 101 : 400) X\r\n"
            try connection.send("\(line)Connection: upgrade\r\nUpgrade: echo\r\n\r\nhello ")
            while true {
                let bytes = try connection.receive()
                if bytes.isEmpty { return connection.finishSending() }
                try connection.send(bytes)
            }
        }
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        // What follows at once must not be lost on the way.
        try connection.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ")
        let head = try connection.receive(through: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 101 ") && Response.header("upgrade", in: head) == "echo")
        try connection.send("late")
        connection.finishSending()
        #expect(String(decoding: try connection.receiveAll(), as: UTF8.self) == "hello early late")
    }

    @Test func anUpgradeThatIsRefusedIsAnOrdinaryResponse() async throws {
        let gateway = try RunningGateway()
        let instance = try Instance.mirror("no")
        try await gateway.route("web", "/", to: [instance.port])
        let connection = try gateway.connect()
        try connection.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /x")
        let text = String(decoding: try connection.receiveAll(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\nno"))
        #expect(instance.connections == 1, "nothing behind it is taken for a request")
    }
}
