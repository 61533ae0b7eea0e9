import SheafModel
import Testing

/// How many instances a resource has, and whether the gateway stands before them.
@Suite struct InstancesTests {
    private static func service(_ section: [String: JSONValue], update: UpdateRule? = nil) -> ResolvedResource {
        let own: [String: JSONValue] = ["stack": .string("container"), "servicePort": .integer(8080)]
        return ResolvedResource(
            id: ResourceID(kind: .service, workspace: "public", name: "web"),
            item: "web",
            manifest: .object(["service": .object(own.merging(section) { $1 })]),
            update: update
        )
    }

    private static func command(_ words: String...) -> JSONValue {
        .object(["command": .array(words.map(JSONValue.string))])
    }

    private static let image = JSONValue.object(["image": .string("nginx")])
    private static let ingress = JSONValue.object(["enabled": .bool(true), "path": .string("shop/a/")])

    @Test func aContainerWithAnIngressIsBehindTheGateway() {
        let resource = Self.service(["stackSpec": Self.image, "ingress": Self.ingress])
        #expect(resource.isFronted)
        #expect(resource.ingress?.path == "/shop/a")
        #expect(!Self.service(["stackSpec": Self.image]).isFronted)
        #expect(!Self.service(["stackSpec": Self.image, "ingress": Self.ingress], update: .handover).isFronted)
        let off = JSONValue.object(["enabled": .bool(false), "path": .string("/shop")])
        #expect(!Self.service(["stackSpec": Self.image, "ingress": off]).isFronted)
    }

    @Test(arguments: [
        ("serve --port $(PORT)", true), ("serve --port ${PORT}", true), ("serve --port $PORT", true),
        ("serve --port=$PORT,", true), ("serve $DATAOS_SERVICE_PORT", true), ("serve $PORTAL", false),
        ("serve $(PORTS)", false), ("serve 8080", false), ("PORT", false), ("$", false), ("$(PORT", false),
    ])
    func aProcessThatNamesItsPortMayMove(command: String, isFronted: Bool) {
        let resource = Self.service(["stackSpec": Self.command("sh", "-c", command), "ingress": Self.ingress])
        #expect(resource.isFronted == isFronted)
    }

    @Test func theEnvironmentAndTheBundleMayNameItToo() {
        let stackSpec = Self.command("serve")
        let envs = JSONValue.object(["PORT": .string("8080")])
        #expect(Self.service(["stackSpec": stackSpec, "envs": envs, "replicas": .integer(2)]).isFronted)
        let other = JSONValue.object(["LISTEN": .string("127.0.0.1:$(PORT)")])
        #expect(Self.service(["stackSpec": stackSpec, "envs": other, "replicas": .integer(2)]).isFronted)
        #expect(Self.service(["stackSpec": stackSpec], update: .blueGreen).isFronted)
    }

    @Test func whatCannotBeIsSaid() {
        let fixed = Self.service(["stackSpec": Self.command("serve"), "replicas": .integer(3)])
        #expect(fixed.instanceCount == 1 && fixed.wantedInstances == 3)
        #expect(fixed.limitsOfOneMachine.first?.message.contains("one instance instead of 3") == true)
        #expect(fixed.limitsOfOneMachine.first?.help.contains("$(PORT)") == true)
        let spread = Self.service(["highAvailabilityConfig": .object(["level": .string("zone")])])
        #expect(spread.limitsOfOneMachine.first?.message.contains("without effect") == true)
        #expect(Self.service(["stackSpec": Self.image, "replicas": .integer(3)]).limitsOfOneMachine.isEmpty)
    }

    @Test func theBoundsOfAutoScalingHoldForReplicas() {
        func scaled(_ replicas: Int64?, _ least: Int64, _ most: Int64) -> ResolvedResource {
            let scaling: JSONValue = .object([
                "enabled": .bool(true), "minReplicas": .integer(least), "maxReplicas": .integer(most),
            ])
            var section: [String: JSONValue] = ["stackSpec": Self.image, "autoScaling": scaling]
            section["replicas"] = replicas.map(JSONValue.integer)
            return Self.service(section)
        }
        #expect(scaled(nil, 2, 4).instanceCount == 2)
        #expect(scaled(9, 2, 4).instanceCount == 4)
        #expect(scaled(3, 2, 4).instanceCount == 3)
        #expect(scaled(nil, 1, 4).isFronted)
        #expect(scaled(nil, 1, 4).limitsOfOneMachine.isEmpty)
        #expect(scaled(nil, 1, 4).mostInstances == 4)
        #expect(scaled(nil, 1, 4).scaling?.cpuPercent == 80 && scaled(nil, 1, 4).scaling?.memoryPercent == nil)
        #expect(scaled(nil, 4, 4).scaling == nil && scaled(nil, 4, 4).mostInstances == 4)
        #expect(scaled(0, 0, 4).scaling == nil && scaled(0, 0, 4).mostInstances == 0, "none are wanted at all")
        #expect(scaled(nil, 3, 1).autoScaling == 3...3)
    }

    @Test(arguments: [
        ("a:$(PORT)", "a:9"), ("${PORT}/$PORT", "9/9"), ("$$(PORT)", "$9"),
        ("$PORT_A $PORTA $(PORT_A)", "$PORT_A $PORTA $(PORT_A)"),
        ("$DATAOS_SERVICE_PORT.", "9."), ("plain", "plain"), ("", ""),
    ])
    func theNumberTakesThePlaceOfTheName(text: String, filled: String) {
        #expect(PortText.filled(text, port: 9) == filled)
    }
}
