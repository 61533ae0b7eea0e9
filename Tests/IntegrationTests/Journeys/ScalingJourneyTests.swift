import Glibc
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// A service whose instances come and go with their load, behind the gateway.
@Suite struct ScalingJourneyTests {
    /// Serves the page, and holds 40 MB as long as a file is there.
    private static func script(_ signal: String) -> String {
        """
            command: [sh, -c]
            arguments:
              - |
                busybox httpd -f -p 127.0.0.1:$(PORT) -h /etc/dataos/config &
                while :; do
                  if [ ! -e \(signal) ]; then x= full=
                  elif [ -z "$full" ]; then x=$(head -c 40000000 /dev/zero | tr '\\0' x) full=1
                  fi
                  sleep 0.1
                done
        """
    }

    private static let scaling = """
          autoScaling:
            enabled: true
            minReplicas: 1
            maxReplicas: 3
            targetMemoryUtilizationPercentage: 100
          resources: {requests: {memory: 20M}}
          properties: {sheaf.dev/scale-period: 500ms, sheaf.dev/scale-down-after: 1s}
        """

    private static let command = """
            command:
              - busybox
            arguments:
              - httpd
              - -f
              - -p
              - 127.0.0.1:$(PORT)
              - -h
              - /etc/dataos/config
        """

    private static func signal(_ example: BlueGreenExample) -> String { "\(example.site.home)/much" }

    /// The example with the script and the bounds, and with no load yet.
    private static func example() throws -> BlueGreenExample {
        let example = try BlueGreenExample()
        try example.change("  replicas: 2", to: Self.scaling)
        try example.change(Self.command, to: Self.script(Self.signal(example)))
        return example
    }

    @Test func noRequestIsLostWhileInstancesComeAndGo() async throws {
        let example = try Self.example()
        defer { example.site.end() }
        let signal = Self.signal(example)
        let plan = try await example.site.sheaf("plan", example.site.bundle)
        #expect(plan.code == 0 && !plan.errors.contains("autoScaling"), "\(plan)")
        try await example.apply()
        #expect(try await example.service().runtime == "running:1")
        let load = try LoadGenerator(rate: 50, port: example.ingress, path: "/site/")
        try await eventually("requests are answered") { load.current.count > 20 }
        for _ in 0..<2 {
            try DurableFile.write([], to: signal)
            try await eventually("three run") { try await example.service().runtime == "running:3" }
            let status = try await example.site.sheaf("status", BlueGreenExample.name)
            #expect(status.output.contains("3 of 1 to 3 instances"), "\(status)")
            try #require(unlink(signal) == 0)
            try await eventually("one runs") { try await example.service().runtime == "running:1" }
        }
        let outcome = load.stop()
        let lost = "\(outcome.failures.count) of \(outcome.count): \(outcome.failures.prefix(3))"
        #expect(outcome.failures.isEmpty && outcome.bodies.keys.elementsEqual(["blue\n"]), "\(lost)")
        let deleted = try await example.site.sheaf("delete", BlueGreenExample.name)
        #expect(deleted.code == 0, "\(deleted)")
        #expect(example.site.processes().isEmpty)
    }

    @Test func aKilledGatewayKnowsWhichInstancesRest() async throws {
        let example = try Self.example()
        defer { example.site.end() }
        try await example.apply()
        try await eventually("two rest") { example.gatewayState?.resting.count == 2 }
        let resting = example.gatewayState?.resting
        let first = try #require(example.gateway)
        first.signal(SIGKILL)
        try await eventually("another gateway runs") { example.gateway.map { $0 != first } ?? false }
        #expect(example.gatewayState?.resting == resting)
        #expect(try await example.page() == "blue\n")
    }
}
