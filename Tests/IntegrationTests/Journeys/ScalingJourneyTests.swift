import Glibc
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

    @Test func noRequestIsLostWhileInstancesComeAndGo() async throws {
        let example = try BlueGreenExample()
        defer { example.site.end() }
        let signal = "\(example.site.home)/much"
        try example.change("  replicas: 2", to: Self.scaling)
        try example.change(Self.command, to: Self.script(signal))
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
}
