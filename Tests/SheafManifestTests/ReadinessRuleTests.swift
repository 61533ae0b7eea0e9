import SheafManifest
import SheafModel
import Testing

/// What a bundle asks of its services and workers, and as whom they are managed.
@Suite struct ReadinessRuleTests {
    private func bundle(_ lines: [String]) -> String {
        "name: shop\nversion: v1beta\ntype: bundle\nbundle:\n" + lines.map { "  \($0)\n" }.joined()
            + """
              resources:
                - id: site
                  workspace: public
                  spec:
                    name: web
                    version: v1
                    type: service
                    service: {stack: container, servicePort: 8080, stackSpec: {command: [x]}}
                - id: loader
                  workspace: public
                  spec:
                    name: loader
                    version: v1beta
                    type: worker
                    owner: ann
                    worker: {stack: container, runAsUser: ben, stackSpec: {command: [x]}}
                - id: nightly
                  workspace: public
                  spec:
                    name: nightly
                    version: v1
                    type: workflow
                    workflow:
                      dag:
                        - name: a
                          spec: {stack: container, stackSpec: {command: [x]}}

            """
    }

    private func asking(_ rule: String) -> [String: String] {
        ["bundle.yaml": bundle(["properties:", "  sheaf.dev/readiness: {\(rule)}"])]
    }

    private func resources(_ files: [String: String]) throws -> [String: ResolvedResource] {
        Dictionary(try Bundles.resolved(files).resources.map { ($0.id.name, $0) }) { first, _ in first }
    }

    @Test func rulesGoToTheItemsThatTheyName() throws {
        let found = try resources(
            asking("site: {http: /health, period: 2s, threshold: 3}, loader: {command: [test, -e, ok], timeout: 100ms}")
        )
        #expect(found["web"]?.readiness == ReadinessRule(http: "/health", period: "2s", threshold: 3))
        #expect(found["loader"]?.readiness == ReadinessRule(command: ["test", "-e", "ok"], timeout: "100ms"))
        #expect(found["nightly"]?.readiness == nil)
        let text = String(
            decoding: try CanonicalJSON.encode(Bundles.resolved(["bundle.yaml": bundle([])])),
            as: UTF8.self
        )
        #expect(!text.contains("readiness"), "bundles that ask for nothing are what they were")
    }

    @Test(arguments: [
        "web: {http: /}", "nightly: {command: [x]}", "site: {period: 1s}", "site: {http: /, command: [x]}",
        "loader: {http: /}", "site: {http: health}", "site: {http: /, threshold: 0}", "site: {http: /, period: soon}",
        "site: {path: /}",
    ])
    func whatMakesNoSenseIsReportedWhereItStands(rule: String) throws {
        let findings = try Bundles.findings(asking(rule)).filter { $0.hasPrefix("error") }
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.hasSuffix(" bundle.yaml:6") }, "\(findings)")
    }

    @Test func whoManagesTheBundleOwnsAndRunsWhatNamesNobody() throws {
        let found = try resources(["bundle.yaml": bundle(["manageAsUser: team"])])
        #expect(found["web"]?.manifest["owner"] == .string("team"))
        #expect(found["web"]?.manifest["service"]?["runAsUser"] == .string("team"))
        #expect(found["loader"]?.manifest["owner"] == .string("ann"))
        #expect(found["loader"]?.manifest["worker"]?["runAsUser"] == .string("ben"))
        let job = found["nightly"]?.manifest["workflow"]?["dag"]?.arrayValue?.first
        #expect(job?["spec"]?["runAsUser"] == .string("team"))
    }

    @Test func withoutAManagerNothingIsAdded() throws {
        let found = try resources(["bundle.yaml": bundle([])])
        #expect(found["web"]?.manifest["owner"] == nil)
        #expect(found["web"]?.manifest["service"]?["runAsUser"] == nil)
    }
}
