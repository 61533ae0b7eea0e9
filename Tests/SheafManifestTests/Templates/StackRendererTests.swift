import SheafManifest
import SheafModel
import Testing

/// Stacks rendered for workloads.
@Suite struct StackRendererTests {
    /// A stack's section with one template for services.
    private func stack(_ key: String, _ template: String, more: String = "") -> (text: String, stack: StackDefinition?)
    {
        let indented = template.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : "      \($0)"
        }
        let text = """
            name: s-v1
            version: v1alpha
            type: stack
            stack:
              name: s
              version: "1.0"
              image: {registry: docker.io, repository: lib, image: tool, tag: 0.4.0}
              environmentVars: {A: stack, B: stack}
              serviceConfig:
                \(key): |
            \(indented.joined(separator: "\n"))

            """
        let documents = ManifestParser.parse(Array(text.utf8), file: "s.yaml").documents
        return (text, documents.first?["stack"].map { StackDefinition(section: $0, source: Array(text.utf8)) })
    }

    private let spec: JSONValue = [
        "stack": "s:1.0", "compute": "runnable-default", "logLevel": "DEBUG", "replicas": 2,
        "envs": ["B": "own", "C": 3], "resources": ["limits": ["cpu": "1", "memory": "1Gi"]],
        "dataosSecrets": [["name": "a"], ["name": "b", "consumptionType": "propFile"]],
        "persistentVolume": ["name": "pv", "directory": "d"],
        "dataosVolumes": [["name": "v", "directory": "/data", "readOnly": true, "subPath": "x"]],
        "stackSpec": ["input": ["datasets": ["dataos://a:b/c"]], "logger": ["level": "ALL"], "repo": ["url": "u"]],
    ]

    private func render(_ key: String, _ template: String) throws -> StackRendering {
        let stack = try #require(stack(key, template).stack)
        let workload = StackWorkload(.service, name: "web", owner: "me", tags: ["x", "y"], spec: spec)
        return StackRenderer(stack: stack).render(workload)
    }

    /// The findings as `severity code line:column message`.
    private func show(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map {
            "\($0.severity) \($0.code.dropFirst("manifest.".count)) \($0.span?.line ?? 0):\($0.span?.column ?? 0) \($0.message)"
        }
    }

    // MARK: Data

    @Test(arguments: [
        ("{{ .Name }} {{ .Type }} {{ .Workspace }} {{ .Owner }} {{ .PivotTags }}", "web service public me x,y"),
        ("{{ .Image }} {{ .MetricPort }} {{ .IsDryRun }}", "docker.io/lib/tool:0.4.0 9090 false"),
        ("{{ .DataOsFqdn }} {{ DataOsFqdn }}", "dataos.localhost dataos.localhost"),
        ("{{ .ApplicationSpec.LogLevel }} {{ .ApplicationSpec.Replicas }}", "DEBUG 2"),
        ("{{ range $k, $v := .ApplicationSpec.EnvironmentVars }}{{ $k }}={{ $v }} {{ end }}", "A=stack B=own C=3 "),
        ("{{ .EnvironmentVarsFromSecret }} {{ .ApplicationSpec.Secrets }} {{ .HasSecretRefs }}", "[a] [a b] true"),
        ("{{ range .Volumes }}{{ .Name }} {{ .MountPath }} {{ .ReadOnly }} {{ .SubPath }}{{ end }}", "v /data true x"),
        ("{{ .ApplicationSpec.PersistentVolume.Name }} {{ .ApplicationSpec.PersistentVolume.Directory }}", "pv d"),
        ("{{ if .ApplicationSpec.TempVolume }}x{{ end }}{{ if .ApplicationSpec.ServicePort }}x{{ end }}", ""),
        ("{{ toYaml .ApplicationSpec.Resources.limits | nindent 2 }}", "\n  cpu: \"1\"\n  memory: 1Gi"),
        ("{{ .DataOsConfigMountPath }} {{ .HasConfigConfs }}", "/etc/dataos/config false"),
        ("{{ getNested .ApplicationSpec.StackSpec \"repo.url\" }}", "u"),
        ("{{ .NodeSelector }}{{ .Tolerations }}", "map[][]"),
    ])
    func theTemplateSeesTheWorkload(_ template: String, _ result: String) throws {
        let rendering = try render("noteTemplate", template)
        #expect(rendering.diagnostics.isEmpty)
        #expect(rendering.others["noteTemplate"] == result + "\n")
    }

    @Test func theStampBeginsWithAHyphenAndStaysTheSame() throws {
        let one = try render("noteTemplate", "{{ .Stamp }}").others["noteTemplate"]
        let other = try render("noteTemplate", "{{ .Stamp }}").others["noteTemplate"]
        #expect(one == other)
        #expect(try #require(one).hasPrefix("-"))
        #expect(one?.count == 6)
    }

    // MARK: Files

    @Test func theStackSpecBecomesAFile() throws {
        let rendering = try render(
            "configFileTemplate",
            "jobconfig.yaml: |\n{{ toYaml .ApplicationSpec.StackSpec | indent 2 }}\nplain.txt: x"
        )
        #expect(rendering.diagnostics.isEmpty)
        #expect(
            rendering.files == [
                "jobconfig.yaml":
                    "input:\n  datasets:\n  - dataos://a:b/c\nlogger:\n  level: ALL\nrepo:\n  url: u\n",
                "plain.txt": "x",
            ]
        )
    }

    @Test func whatTheWorkloadSetsWinsOverWhatTheTemplateAppends() throws {
        let template = """
            jobconfig.yaml: |
            {{ toYaml .ApplicationSpec.StackSpec | indent 2 }}
              http:
                address: 0.0.0.0:{{ .MetricPort }}
              logger:
                level: {{ .ApplicationSpec.LogLevel }}

                format: json
              metrics: {}
            """
        let rendering = try render("configFileTemplate", template)
        #expect(
            rendering.files["jobconfig.yaml"]
                == "input:\n  datasets:\n  - dataos://a:b/c\nlogger:\n  level: ALL\nrepo:\n  url: u\n"
                + "http:\n  address: 0.0.0.0:9090\nmetrics: {}\n"
        )
        #expect(
            show(rendering.diagnostics) == [
                "warning template-output 15:9 the workload sets 'logger' itself, so the template's is left out, for service 'web'"
            ]
        )
    }

    @Test func theWorkloadsValueAlsoWinsOverOneThatStandsBefore() throws {
        let template = """
            c.yaml: |
              logger:
              - a
              - b
            {{ toYaml .ApplicationSpec.StackSpec | indent 2 }}
            """
        let rendering = try render("configFileTemplate", template)
        #expect(
            rendering.files["c.yaml"]
                == "input:\n  datasets:\n  - dataos://a:b/c\nlogger:\n  level: ALL\nrepo:\n  url: u\n"
        )
        #expect(rendering.diagnostics.count == 1)
    }

    @Test(arguments: [
        (
            "a.yaml:\n{{ toYaml .ApplicationSpec.StackSpec | indent 2 }}",
            "error template-output 11:7 the file 'a.yaml' must be a text, but is a mapping, for service 'web'"
        ),
        (
            "- x",
            "error template-output 11:9 what the template makes must be one mapping, but is a list, for service 'web'"
        ),
        ("a.yaml: |\n  x: [1\n  y: 2", "error template-output 12:12 the file 'a.yaml' is no YAML"),
        (
            "a.yaml: |\n{{ toYaml .ApplicationSpec.StackSpec }}",
            "error template-output 12:10 the file 'input' must be a text"
        ),
    ])
    func filesOfAnotherShapeAreErrors(_ template: String, _ finding: String) throws {
        let rendering = try render("configFileTemplate", template)
        #expect(show(rendering.diagnostics).first?.hasPrefix(finding) == true, "\(show(rendering.diagnostics))")
    }

    // MARK: Containers

    @Test func containersAreRead() throws {
        let rendering = try render(
            "containerResourceTemplate",
            "initContainers:\n- name: i\n  image: x\ncontainer:\n  name: {{.Name}}{{.Stamp}}-main\n  image: \"{{.Image}}\""
        )
        #expect(rendering.diagnostics.isEmpty)
        #expect(rendering.containers?["container"]?["image"] == "docker.io/lib/tool:0.4.0")
        #expect(rendering.containers?["initContainers"] == [["name": "i", "image": "x"]])
    }

    @Test(arguments: [
        (
            "contaner: {}",
            [
                "error template-output 11:7 the template makes no 'container'",
                "warning template-output 11:7 'contaner' is no part",
            ]
        ),
        ("container:\n  name: x", ["error template-output 12:9 'container' has no 'image'"]),
        (
            "container:\n  name: x\n  image: y\n  comand: [a]\n  args: b",
            [
                "warning template-output 14:9 'container' has a key 'comand'",
                "error template-output 15:15 'args' must be a list",
            ]
        ),
        (
            "container:\n  name: x\n  image: {{ .ApplicationSpec.StackSpec.image }}",
            ["warning template-value 13:19 '.ApplicationSpec.StackSpec.image' has no value"]
        ),
        (
            "container:\n  name: x\n  image: y\n  resources:\n{{ toYaml .ApplicationSpec.Resources | indent 2 }}",
            ["warning template-output 15:10 'container' has a key 'limits'"]
        ),
        (
            "container:\n  name: x\n  image: y\n  volumeMounts:\n  - {name: a, mountPath: /m}\n  - {name: b, mountPath: /m}",
            ["warning template-output 16:32 there are two entries for the mount '/m'"]
        ),
    ])
    func containersOfAnotherShapeAreFound(_ template: String, _ findings: [String]) throws {
        let found = show(try render("containerResourceTemplate", template).diagnostics)
        #expect(found.count == findings.count)
        for (one, prefix) in zip(found, findings) { #expect(one.hasPrefix(prefix)) }
    }

    @Test func aResourceNeedsAKindAndAName() throws {
        let good = try render("resourceTemplate", "apiVersion: v1\nkind: X\nmetadata: {name: \"{{ .Name }}\"}")
        #expect(good.diagnostics.isEmpty)
        #expect(good.resource?["metadata"]?["name"] == "web")
        let bad = try render("resourceTemplate", "apiVersion: v1\nspec:\n  volumes: [{name: a}, {name: a}]")
        #expect(bad.diagnostics.map(\.severity) == [.error, .error, .warning])
    }

    // MARK: Places

    @Test func aMissingFieldOfTheDataIsAnErrorInTheManifest() throws {
        let rendering = try render("noteTemplate", "a\n  {{ .Stam }}")
        let diagnostic = try #require(rendering.diagnostics.first)
        #expect(diagnostic.span == SourceSpan(file: "s.yaml", line: 12, column: 12, endLine: 12, endColumn: 17))
        #expect(diagnostic.message == "the data of the template has no field 'Stam', for service 'web'")
        #expect(diagnostic.help == "did you mean 'Stamp'?")
    }

    @Test func whatIsMissingSaysOfWhat() throws {
        let rendering = try render("noteTemplate", "{{ .ApplicationSpec.StackSpec.inputt.datasets }}")
        #expect(
            rendering.diagnostics.first?.message
                == "'.ApplicationSpec.StackSpec.inputt.datasets' has no value, so '<no value>' is written: "
                + "'.ApplicationSpec.StackSpec' has no key 'inputt', but 'input', for service 'web'"
        )
        #expect(rendering.diagnostics.first?.severity == .warning)
    }

    @Test func withoutTheManifestThePlaceIsInTheTemplate() throws {
        let section: JSONValue = ["name": "s", "serviceConfig": ["noteTemplate": "a\n {{ .Stam }}"]]
        let renderer = StackRenderer(stack: StackDefinition(section: section))
        let diagnostic = try #require(
            renderer.render(StackWorkload(.service, name: "web", spec: spec)).diagnostics.first
        )
        #expect(diagnostic.span == nil)
        #expect(diagnostic.message.contains("(serviceConfig.noteTemplate, line 2, column 5 of the template)"))
    }

    @Test func onlyTheTemplatesOfTheWorkloadsKindAreRendered() throws {
        let stack = try #require(stack("configFileTemplate", "{{ fail `x` }}").stack)
        #expect(StackRenderer(stack: stack).render(StackWorkload(.worker, name: "w", spec: spec)).json == [:])
    }

    // MARK: Which stack

    @Test(arguments: [
        ("s", "s 2.0"), ("s:1.0", "s 1.0"), ("s:1", "s 1.0"), ("s+f", "s+f 10.0"), ("s+f:9.0", "s+f 9.0"),
        ("s:3.0", ""), ("t", ""), ("s+g", ""),
    ])
    func aWorkloadFindsItsStack(_ reference: String, _ expected: String) {
        let stacks = [("s", nil, "1.0"), ("s", nil, "2.0"), ("s", "f", "9.0"), ("s", "f", "10.0")].map {
            name,
            flavor,
            version -> StackDefinition in
            var stack = StackDefinition(section: ["name": .string(name), "version": .string(version)])
            stack.flavor = flavor
            return stack
        }
        let found = StackReference(reference).choose(among: reference == "s" ? Array(stacks.prefix(2)) : stacks)
        #expect(found.map { "\($0.name)\($0.flavor.map { "+\($0)" } ?? "") \($0.version)" } ?? "" == expected)
    }

    // MARK: Bundles

    @Test func aBundleRendersTheStacksThatItDefines() throws {
        let files = [
            "bundle.yaml": Bundles.bundle(
                "  - {id: stack, file: stack.yaml}\n  - {id: web, workspace: public, file: web.yaml}\n"
                    + "  - {id: flow, workspace: public, file: flow.yaml}\n"
            ),
            "stack.yaml": "name: s-v1\nversion: v1alpha\ntype: stack\nstack:\n  name: s\n  version: \"1.0\"\n"
                + "  serviceConfig:\n    configFileTemplate: |\n      a.txt: {{ .Name }}\n"
                + "  workflowJobConfig:\n    configFileTemplate: |\n      b.txt: {{ .Name }} {{ .ApplicationSpec.StackSpec.x }}\n",
            "web.yaml": "name: web\nversion: v1\ntype: service\nservice: {stack: \"s:1.0\", compute: c}\n",
            "flow.yaml":
                "name: flow\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n  - name: one\n    spec: {stack: s, compute: c, stackSpec: {x: 1}}\n"
                + "  - name: two\n    spec: {stack: s, compute: c}\n  - name: three\n    spec: {stack: container, compute: c}\n",
        ]
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        let bundle = try #require(resolution.bundle)
        let (rendered, diagnostics) = RenderedStacks.render(bundle, sources: resolution.sources)
        #expect(rendered[try Bundles.id("service:web:public")] == ["files": ["a.txt": "web"]])
        #expect(
            rendered[try Bundles.id("workflow:flow:public")]
                == ["jobs": ["one": ["files": ["b.txt": "one 1"]], "two": ["files": ["b.txt": "two <no value>"]]]]
        )
        #expect(rendered.count == 2)
        #expect(show(diagnostics).map { String($0.prefix(27)) } == ["warning template-value 12:2"])
        #expect(diagnostics.first?.span?.file == "stack.yaml")
    }
}
