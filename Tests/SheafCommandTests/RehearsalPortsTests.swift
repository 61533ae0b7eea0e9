import SheafModel
import SheafTestSupport
import Testing
import sheaf

@Suite struct RehearsalPortsTests {
    private func resource(_ kind: ResourceKind, _ section: [String: JSONValue]) -> ResolvedResource {
        BundleBuilder.resource(kind, "it", section: section)
    }

    private func moved(_ resource: ResolvedResource, _ moves: [Int: Int] = [8080: 20_001]) throws -> JSONValue {
        let bundle = BundleBuilder.bundle([resource])
        return try RehearsalPorts(moves: moves).applied(to: bundle) { _ in [] }.resources[0].section
    }

    @Test func everyPlaceThatNamesThePortIsMoved() throws {
        let section = try moved(
            resource(
                .service,
                [
                    "servicePort": .integer(8080),
                    "stackSpec": .object([
                        "command": .array([.string("httpd"), .string("-p"), .string("127.0.0.1:8080")]),
                        "arguments": .array([.string("8080"), .string("--port=8080/tcp")]),
                    ]),
                    "envs": .object(["PORT": .integer(8080), "URL": .string("http://localhost:8080/x?y=80800")]),
                ]
            )
        )
        #expect(section["servicePort"] == .integer(20_001))
        #expect(section["stackSpec"]?["command"]?.arrayValue?.last == .string("127.0.0.1:20001"))
        #expect(
            section["stackSpec"]?["arguments"] == .array([.string("20001"), .string("--port=20001/tcp")])
        )
        #expect(section["envs"]?["PORT"] == .integer(20_001))
        #expect(section["envs"]?["URL"] == .string("http://localhost:20001/x?y=80800"))
    }

    @Test func whatOnlyLooksLikeThePortStays() throws {
        let section = try moved(
            resource(
                .worker,
                [
                    "replicas": .integer(8080), "logLevel": .string("8080"),
                    "stackSpec": .object(["arguments": .array([.string("a8080"), .string("80801"), .string("8080_")])]),
                ]
            )
        )
        #expect(section["replicas"] == .integer(8080))
        #expect(section["logLevel"] == .string("8080"))
        #expect(
            section["stackSpec"]?["arguments"] == .array([.string("a8080"), .string("80801"), .string("8080_")])
        )
    }

    @Test func theStandardPortOfSteampipeIsMovedToo() throws {
        let section = try moved(resource(.service, ["stack": .string("steampipe")]), [9193: 20_002])
        #expect(section["servicePort"] == .integer(20_002))
    }

    @Test func aFileThatNamesThePortIsRefused() throws {
        var service = resource(.service, ["servicePort": .integer(8080)])
        let text = Array("listen 8080;\n".utf8)
        service.attachments = [
            Attachment(role: .config, name: "nginx.conf", path: "web/nginx.conf", digest: Digest(of: text))
        ]
        let bundle = BundleBuilder.bundle([service])
        let error = #expect(throws: (any Error).self) {
            try RehearsalPorts(moves: [8080: 20_001]).applied(to: bundle) { _ in text }
        }
        let problem = error as? any SheafError
        #expect(problem?.message.contains("web/nginx.conf") == true)
        #expect(problem?.code == "rehearse.port-taken")
    }

    @Test func takenPortsAreFound() throws {
        let taken = try TakenPort()
        let free = try FreePort.find()
        let bundle = BundleBuilder.bundle([
            BundleBuilder.service("a", port: Int64(taken.port)), BundleBuilder.service("b", port: Int64(free)),
        ])
        let ports = RehearsalPorts(for: [bundle])
        #expect(Array(ports.moves.keys) == [taken.port])
        #expect(ports.notes.count == 1)
    }
}
