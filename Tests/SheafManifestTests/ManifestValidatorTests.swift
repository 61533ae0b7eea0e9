import SheafManifest
import SheafModel
import Testing

@Suite struct ManifestValidatorTests {
    /// A text with the findings that it must give, as `severity code line:column`.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var findings: [String]
        var says: String = ""
        var help: String = ""

        var testDescription: String { name }
    }

    private static func service(_ lines: String..., name: String = "web") -> String {
        "name: \(name)\nversion: v1\ntype: service\nservice:\n  stack: container\n  compute: c\n"
            + lines.map { "  \($0)\n" }.joined()
    }

    private static func secret(_ lines: String...) -> String {
        "name: s\nversion: v1\ntype: secret\nsecret:\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static func volume(_ type: String, _ mode: String, size: String = "1Gi") -> String {
        "name: v\nversion: v1beta\ntype: volume\nvolume:\n  size: \(size)\n  accessMode: \(mode)\n  type: \(type)\n"
    }

    private static let policy =
        "policy: {access: {subjects: {tags: [a]}, predicates: [get], objects: {paths: [b]}, allow: true}}\n"

    private static let meta: [Case] = [
        Case(name: "clean", text: service("servicePort: 8080"), findings: []),
        Case(name: "empty file", text: "# none\n", findings: ["error manifest.empty 1:1"]),
        Case(name: "no mapping", text: "hello\n", findings: ["error manifest.not-a-mapping 1:1"], says: "'hello'"),
        Case(name: "no type", text: "name: a\n", findings: ["error manifest.missing-key 1:1"], says: "'type'"),
        Case(name: "empty type", text: "type:\n", findings: ["error manifest.missing-key 1:1"]),
        Case(
            name: "unknown type",
            text: "name: a\nversion: v1\ntype: servce\n",
            findings: ["error manifest.unknown-kind 3:7"],
            help: "did you mean 'service'?"
        ),
        Case(
            name: "plural type",
            text: "name: a\nversion: v1\ntype: policies\n\(policy)",
            findings: ["error manifest.unknown-kind 3:7"]
        ),
        Case(
            name: "type in another case",
            text: "name: a\nversion: v1\ntype: Policy\n\(policy)",
            findings: ["warning manifest.kind-spelling 3:7"]
        ),
        Case(
            name: "data products",
            text: "name: a\nversion: v1beta\ntype: data\nx: 1\n",
            findings: ["warning manifest.unknown-key 4:1"]
        ),
        Case(
            name: "no version",
            text: "name: a\ntype: policy\n\(policy)",
            findings: ["error manifest.missing-key 1:1"]
        ),
        Case(
            name: "odd version",
            text: "name: a\nversion: v1alpha\ntype: policy\n\(policy)",
            findings: ["warning manifest.unusual-version 2:10"]
        ),
        Case(
            name: "misspelled version",
            text: "name: a\nversion: v1bets\ntype: worker\nworker: {stack: x, compute: y}\n",
            findings: ["error manifest.invalid-version 2:10"],
            help: "did you mean 'v1beta'?"
        ),
        Case(
            name: "no section",
            text: "name: a\nversion: v1\ntype: policy\n",
            findings: ["error manifest.missing-key 1:1"]
        ),
        Case(
            name: "empty section",
            text: "name: a\nversion: v1\ntype: policy\npolicy:\n",
            findings: ["error manifest.missing-key 4:1"]
        ),
        Case(
            name: "meta key in another case",
            text: "Name: a\nversion: v1\ntype: policy\n\(policy)",
            findings: ["warning manifest.key-spelling 1:1"]
        ),
        Case(
            name: "bad layer",
            text: "layer: kernel\nname: a\nversion: v1\ntype: policy\n\(policy)",
            findings: ["error manifest.invalid-value 1:8"]
        ),
        Case(
            name: "one tag",
            text: "tags: one\nname: a\nversion: v1\ntype: policy\n\(policy)",
            findings: ["warning manifest.converted-type 1:7"]
        ),
        Case(
            name: "workspace of the instance",
            text: "name: c\nversion: v1\ntype: compute\nworkspace: public\ncompute: {dataplane: hub, purpose: gpu}\n",
            findings: ["warning manifest.workspace-ignored 4:1"]
        ),
        Case(
            name: "key that lost its indentation",
            text: service() + "servicePort: 1\n",
            findings: ["error manifest.misplaced-key 7:1"],
            help: "below 'service:'"
        ),
    ]

    private static let names: [Case] = [
        Case(
            name: "capital letters",
            text: service(name: "Web_App"),
            findings: ["error manifest.invalid-name 1:7"],
            help: "use 'web-app'"
        ),
        Case(
            name: "49 characters",
            text: service(name: String(repeating: "a", count: 49)),
            findings: ["error manifest.invalid-name 1:7"],
            says: "49 characters"
        ),
        Case(
            name: "31 characters",
            text: service(name: String(repeating: "a", count: 31)),
            findings: ["warning manifest.unusual-name 1:7"]
        ),
        Case(name: "digit first", text: service(name: "1web"), findings: ["warning manifest.unusual-name 1:7"]),
        Case(name: "hyphen last", text: service(name: "web-"), findings: ["error manifest.invalid-name 1:7"]),
        Case(name: "one letter", text: service(name: "w"), findings: []),
        Case(name: "number as name", text: service(name: "12"), findings: ["warning manifest.unusual-name 1:7"]),
        Case(name: "placeholder", text: service(name: "${{my-service}}"), findings: []),
        Case(name: "quoted placeholder", text: service(name: "\"{{name}}\""), findings: []),
        Case(name: "angled placeholder", text: service(name: "<name>"), findings: []),
        Case(name: "variable", text: service(name: "${NAME}-x"), findings: []),
    ]

    private static let values: [Case] = [
        Case(
            name: "unknown key",
            text: service("servicPort: 1"),
            findings: ["error manifest.unknown-key 7:3"],
            help: "did you mean 'servicePort'?"
        ),
        Case(
            name: "unknown key, nothing near",
            text: service("zzz: 1"),
            findings: ["error manifest.unknown-key 7:3"],
            says: "'service' has no key 'zzz'"
        ),
        Case(
            name: "nested unknown key",
            text: service("ingress:", "  enabld: true"),
            findings: ["error manifest.unknown-key 8:5"],
            help: "did you mean 'enabled'?"
        ),
        Case(
            name: "text for a number",
            text: service("servicePort: http"),
            findings: ["error manifest.wrong-type 7:16"],
            says: "but is the text 'http'"
        ),
        Case(
            name: "quoted number",
            text: service("servicePort: '80'"),
            findings: ["warning manifest.converted-type 7:16"]
        ),
        Case(
            name: "port out of range",
            text: service("servicePort: 70000"),
            findings: ["error manifest.invalid-value 7:16"],
            says: "between 1 and 65535"
        ),
        Case(
            name: "list for a mapping",
            text: service("ingress:", "  - path"),
            findings: ["error manifest.wrong-type 8:5"],
            says: "'service.ingress' must be a mapping, but is a list"
        ),
        Case(
            name: "mapping for a text",
            text: service("runAsUser: {a: b}"),
            findings: ["error manifest.wrong-type 7:14"]
        ),
        Case(
            name: "mapping in envs",
            text: service("envs:", "  A: {b: c}"),
            findings: ["error manifest.wrong-type 8:8"],
            says: "'service.envs.A'"
        ),
        Case(
            name: "quoted boolean",
            text: service("dryRun: 'true'"),
            findings: ["warning manifest.converted-type 7:11"]
        ),
        Case(name: "yes is no boolean", text: service("dryRun: yes"), findings: ["error manifest.wrong-type 7:11"]),
        Case(name: "level in any case", text: service("logLevel: Warning"), findings: []),
        Case(
            name: "unknown level",
            text: service("logLevel: inf"),
            findings: ["error manifest.invalid-value 7:13"],
            help: "did you mean 'INFO'?"
        ),
        Case(
            name: "unit of memory",
            text: service("resources: {requests: {memory: 500m}}"),
            findings: ["warning manifest.unusual-value 7:34"]
        ),
        Case(
            name: "unit of processors",
            text: service("resources: {limits: {cpu: 4Gi}}"),
            findings: ["warning manifest.unusual-value 7:29"]
        ),
        Case(
            name: "no quantity",
            text: service("resources: {limits: {cpu: many}}"),
            findings: ["error manifest.invalid-value 7:29"]
        ),
        Case(
            name: "limit for limits",
            text: service("resources: {limit: {cpu: 1}}"),
            findings: ["warning manifest.key-spelling 7:15"]
        ),
        Case(
            name: "older stack section",
            text: service("container: {}"),
            findings: ["warning manifest.deprecated-key 7:3"]
        ),
        Case(
            name: "stackSpec twice",
            text: service("container: {}", "stackSpec: {}"),
            findings: ["warning manifest.deprecated-key 7:3", "error manifest.conflicting-keys 8:3"]
        ),
        Case(
            name: "older secrets",
            text: service("secrets: [a, b]", "dataosSecrets: [{name: c}]"),
            findings: ["warning manifest.deprecated-key 7:3"]
        ),
        Case(
            name: "consumption type",
            text: service("dataosSecrets: [{name: c, consumptionType: envvars}]"),
            findings: []
        ),
        Case(
            name: "no stack",
            text: "name: w\nversion: v1beta\ntype: worker\nworker:\n  compute: c\n",
            findings: ["error manifest.missing-key 5:3"],
            says: "'worker' has no 'stack'"
        ),
        Case(
            name: "no compute",
            text: "name: w\nversion: v1beta\ntype: worker\nworker:\n  stack: c\n",
            findings: ["warning manifest.recommended-key 5:3"]
        ),
        Case(
            name: "ports of a worker",
            text: "name: w\nversion: v1beta\ntype: worker\nworker:\n  stack: c\n  compute: c\n  servicePort: 1\n",
            findings: ["error manifest.misplaced-key 7:3"]
        ),
        Case(
            name: "input beside stackSpec",
            text:
                "name: w\nversion: v1beta\ntype: worker\nworker:\n  stack: c\n  compute: c\n  stackSpec:\n  input: {}\n",
            findings: ["warning manifest.misplaced-key 7:3"],
            says: "what belongs below it stands beside it: 'input'"
        ),
        Case(
            name: "bad stack",
            text: "name: w\nversion: v1beta\ntype: worker\nworker: {stack: 'a b', compute: c}\n",
            findings: ["error manifest.invalid-value 4:17"]
        ),
    ]

    private static let others: [Case] = [
        Case(
            name: "secret without values",
            text: secret("type: key-value", "acl: r"),
            findings: ["error manifest.missing-key 5:3"],
            says: "'data' or 'files'"
        ),
        Case(
            name: "secret without acl",
            text: secret("type: key-value", "data: {a: 1}"),
            findings: ["warning manifest.recommended-key 5:3"]
        ),
        Case(
            name: "unknown type of secret",
            text: secret("type: keyvalue", "acl: r", "data: {}"),
            findings: ["error manifest.invalid-value 5:9"],
            help: "did you mean 'key-value'?"
        ),
        Case(
            name: "instance secret as list",
            text:
                "name: s\nversion: v1\ntype: instance-secret\ninstance-secret:\n- type: key-value\n  acl: r\n  data: {a: b}\n",
            findings: []
        ),
        Case(
            name: "two instance secrets",
            text: "name: s\nversion: v1\ntype: instance-secret\ninstance-secret: [{}, {}]\n",
            findings: ["error manifest.wrong-type 4:18"]
        ),
        Case(
            name: "section of another kind",
            text: "name: s\nversion: v1\ntype: instance-secret\nsecret: {type: key-value, acl: r, data: {a: b}}\n",
            findings: ["warning manifest.key-spelling 4:1"]
        ),
        Case(name: "volume", text: volume("CloudPersistent", "ReadWriteOnce"), findings: []),
        Case(
            name: "cloud volume for many",
            text: volume("CloudPersistent", "ReadWriteMany"),
            findings: ["error manifest.invalid-value 6:15"]
        ),
        Case(
            name: "volume without access mode",
            text: volume("temp", ""),
            findings: ["error manifest.missing-key 6:3"]
        ),
        Case(
            name: "size",
            text: volume("temp", "ReadWriteOnce", size: "big"),
            findings: ["error manifest.invalid-value 5:9"]
        ),
        Case(
            name: "depot that lost an indent",
            text:
                "name: d\nversion: v1\ntype: depot\ndepot:\n  type: jdbc\n  host: h\n  secrets: [{name: s, allkeys: true}]\n",
            findings: ["error manifest.misplaced-key 6:3"]
        ),
        Case(
            name: "depot with hyphen",
            text: "name: my-depot\nversion: v1\ntype: depot\ndepot: {type: s3, s3: {bucket: b}}\n",
            findings: ["warning manifest.unusual-name 1:7"]
        ),
        Case(
            name: "stack without name",
            text: "name: st\nversion: v1alpha\ntype: stack\nstack: {version: '1.0'}\n",
            findings: ["error manifest.missing-key 4:8"]
        ),
        Case(
            name: "compute",
            text: "name: c\nversion: v1beta\ntype: compute\ncompute: {purpose: gpu}\n",
            findings: ["error manifest.missing-key 4:10"]
        ),
    ]

    @Test(arguments: meta + names + values + others)
    func reportsExactlyWhatIsWrong(_ test: Case) {
        let diagnostics = ManifestValidator.validate(Array(test.text.utf8), file: "m.yaml")
        let found = diagnostics.filter { $0.severity != .note }.map {
            "\($0.severity.rawValue) \($0.code) \($0.span?.line ?? 0):\($0.span?.column ?? 0)"
        }
        #expect(found == test.findings)
        #expect(test.says.isEmpty || diagnostics.contains { $0.message.contains(test.says) })
        #expect(test.help.isEmpty || diagnostics.contains { $0.help?.contains(test.help) == true })
    }

    @Test func severalManifestsOfOneFileAreAllValidated() {
        let text = "type: x\n---\n- type: y\n- type: z\n"
        let diagnostics = ManifestValidator.validate(Array(text.utf8), file: "m.yaml")
        #expect(diagnostics.map { $0.span?.line } == [1, 3, 4])
    }

    @Test func everyCodeStandsInTheDocumentationAndNoOther() throws {
        let table = try Repository.text("docs/diagnostics.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = table.map { row in
            row.split(separator: "|").map { $0.trimming(" `") }
        }
        #expect(Set(documented.map { $0[0] }) == Set(ManifestCode.allCases.map(\.rawValue)))
        #expect(documented.count == ManifestCode.allCases.count)
        for row in documented {
            let code = try #require(ManifestCode(rawValue: row[0]))
            #expect(row[1].hasPrefix(code.severity.rawValue), "\(code.rawValue)")
        }
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> String {
        var text = self
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
