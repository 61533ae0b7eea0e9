import SheafManifest
import SheafModel
import Testing

/// What `validate` says of the templates in stacks.
@Suite struct StackTemplateCheckTests {
    private static let head =
        "name: s-v1\nversion: v1alpha\ntype: stack\nstack:\n  name: s\n  version: \"1.0\"\n  reconciler: stackManager\n"

    private func findings(_ text: String) -> [String] {
        ManifestValidator.validate(Array(text.utf8), file: "s.yaml").map {
            "\($0.severity) \($0.code) \($0.span?.line ?? 0):\($0.span?.column ?? 0)-\($0.span?.endColumn ?? 0)"
        }
    }

    struct Case: Sendable {
        var name: String
        var config: String
        var findings: [String] = []
    }

    static let cases = [
        Case(
            name: "a good one",
            config:
                "    configFileTemplate: |\n      a.yaml: |\n      {{ toYaml .ApplicationSpec.StackSpec | indent 2 }}\n"
        ),
        Case(
            name: "a literal block",
            config: "    configFileTemplate: |\n      a.yaml: |\n        {{ toYml .Name }}\n",
            findings: ["error manifest.template-unknown-function 11:12-17"]
        ),
        Case(
            name: "with blank lines first, an indicator and a comment",
            config: "    configFileTemplate: |2- # why\n\n        x\n\n       {{ end }}\n",
            findings: ["error manifest.template-syntax 13:11-14"]
        ),
        Case(
            name: "with non-ASCII text before",
            config: "    configFileTemplate: |\n      repo’s é {{ nope }}\n",
            findings: ["error manifest.template-unknown-function 10:19-23"]
        ),
        Case(
            name: "a folded block has one place",
            config: "    configFileTemplate: >\n      a\n      {{ nope }}\n",
            findings: ["error manifest.template-unknown-function 9:25-26"]
        ),
        Case(
            name: "on one line",
            config: "    configFileTemplate: 'a: {{ nope }}'\n",
            findings: ["error manifest.template-unknown-function 9:32-36"]
        ),
        Case(
            name: "with escapes",
            config: "    configFileTemplate: \"a\\n{{ nope }}\"\n",
            findings: ["error manifest.template-unknown-function 9:25-40"]
        ),
        Case(
            name: "every fault of all templates",
            config:
                "    configFileTemplate: |\n      {{ foo }} {{ bar }}\n    containerResourceTemplate: |\n      {{ if }}\n",
            findings: [
                "error manifest.template-unknown-function 10:10-13",
                "error manifest.template-unknown-function 10:20-23",
                "error manifest.template-syntax 12:13-15",
            ]
        ),
        Case(
            name: "a misspelled field",
            config:
                "    configFileTemplate: |\n      {{ .Stam }} {{ .ApplicationSpec.StackSpek.x }} {{ .Other }} {{ with .Volumes }}{{ .Nam }}{{ $.Nam }}{{ end }}\n",
            findings: [
                "warning manifest.template-value 10:10-15", "warning manifest.template-value 10:22-50",
                "warning manifest.template-value 10:99-104",
            ]
        ),
        Case(
            name: "what cannot be run here is no fault of the text",
            config: "    configFileTemplate: |\n      a: {{ now | date \"2006\" }} {{ regexMatch \"a\" .Name }}\n"
        ),
        Case(name: "a placeholder", config: "    configFileTemplate: ${{template}}\n"),
        Case(
            name: "nested",
            config: "    resourceTemplateConfig:\n      resourceTemplate: |\n        {{ x }}\n",
            findings: ["error manifest.template-unknown-function 11:12-13"]
        ),
    ]

    @Test(arguments: cases)
    func pointsIntoTheManifest(_ test: Case) {
        #expect(findings(Self.head + "  serviceConfig:\n" + test.config) == test.findings, "\(test.name)")
    }

    @Test func lineEndsOfWindowsChangeNoPlace() {
        let text = Self.head + "  serviceConfig:\n    configFileTemplate: |\n      a: b\n      c: {{ nope }}\n"
        let found = findings("\u{FEFF}" + text.replacing("\n", with: "\r\n"))
        #expect(found == ["error manifest.template-unknown-function 11:13-17"])
    }

    @Test func aStackInABundleIsCheckedOnce() throws {
        let bundle = """
            name: b
            version: v1beta
            type: bundle
            bundle:
              resources:
              - id: s
                spec:
                  name: s-v1
                  version: v1alpha
                  type: stack
                  stack:
                    name: s
                    version: "1.0"
                    serviceConfig:
                      configFileTemplate: |
                        {{ nope }}

            """
        #expect(findings(bundle) == ["error manifest.template-unknown-function 16:16-20"])
        #expect(
            try Bundles.findings(["bundle.yaml": bundle]) == ["error manifest.template-unknown-function bundle.yaml:16"]
        )
    }
}

@Suite(.enabled(if: Corpus.isPresent, "the corpus of real manifests is not beside the repository"))
struct StackCorpusTests {
    /// What the stacks of the corpus get, richer than most workloads.
    private static let spec: JSONValue = [
        "stack": "x",
        "stackSpec": [
            "input": ["datasets": ["dataos://stream:c/d"], "options": ["subscriptionName": "n"]], "image": "i",
            "output": ["dataset": "dataos://lake:c/d"], "inputs": [["dataset": "dataos://lake:c/d"]],
            "repo": ["url": "https://host/r", "baseDir": "r/app", "syncFlags": ["--ref=main"]],
        ],
        "envs": ["A": "b"], "tempVolume": "t", "persistentVolume": ["name": "p", "directory": "d"],
        "dataosSecrets": [["name": "s"]], "dataosVolumes": [["name": "v", "directory": "/v"]],
    ]

    private static let platform = StackPlatform(depots: [
        "lake": [
            "type": "ABFSS", "abfss": ["account": "a", "container": "c", "relativePath": "/", "format": "iceberg"],
        ],
        "stream": ["type": "PULSAR", "pulsar": ["tenant": "public", "isPersistent": true]],
    ])

    @Test func everyTemplateOfTheCorpusIsReadWithoutAFinding() throws {
        for entry in try Corpus.entries() where entry.type == "stack" && entry.loads {
            let bytes = try Corpus.bytes(of: entry)
            let found = StackTemplateCheck.findings(
                in: ManifestParser.parse(bytes, file: entry.file).documents,
                source: bytes
            )
            #expect(found.isEmpty, "\(entry.file): \(found.map(\.message))")
        }
    }

    @Test(arguments: [StackWorkload.Orchestrator.service, .worker, .workflow])
    func everyTemplateOfTheCorpusRenders(_ orchestrator: StackWorkload.Orchestrator) throws {
        var rendered = 0
        for entry in try Corpus.entries() where entry.type == "stack" && entry.loads {
            let bytes = try Corpus.bytes(of: entry)
            guard let section = ManifestParser.parse(bytes, file: entry.file).documents.first?["stack"],
                section.entries != nil
            else { continue }
            let renderer = StackRenderer(
                stack: StackDefinition(section: section, source: bytes),
                platform: Self.platform
            )
            let rendering = renderer.render(StackWorkload(orchestrator, name: "w", spec: Self.spec))
            #expect(
                rendering.diagnostics.isEmpty,
                "\(entry.file): \(rendering.diagnostics.map { "\($0.span?.line ?? 0) \($0.message)" })"
            )
            if rendering.json != [:] { rendered += 1 }
        }
        #expect(rendered > 0)
    }
}
