import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

@Suite struct ValueTests {
    // MARK: Types

    @Test func aWholeScalarKeepsTheTypeOfItsValue() throws {
        let section = try Filled(
            """
            replicas: ${{ values.count }}
            envs: ${{ values.envs }}
            stackSpec:
              list: "${{ values.list }}"
              number: ${{ values.count }}
              flag: '${{ values.flag }}'
              text: ${{ values.text }}
              quoted: ${{ values.quoted }}
              whole: ${{ values.envs }}
            """,
            ["values.yaml": "count: 3\nenvs: {A: x, B: '5'}\nlist: [1, two]\nflag: true\ntext: v1.10\nquoted: '7'\n"]
        ).section()
        #expect(section["replicas"] == .integer(3))
        #expect(section["envs"] == .object(["A": .string("x"), "B": .string("5")]))
        let spec = section["stackSpec"]
        #expect(spec?["list"] == .array([.integer(1), .string("two")]))
        #expect(spec?["number"] == .integer(3))
        #expect(spec?["flag"] == .bool(true))
        #expect(spec?["text"] == .string("v1.10"))
        #expect(spec?["quoted"] == .string("7"))
        #expect(spec?["whole"]?["B"] == .string("5"))
    }

    @Test func insideATextAValueIsPutInAsItIsWritten() throws {
        let section = try Filled(
            """
            stackSpec:
              image: ${{ values.image }}:${{ values.major }}.${{ values.minor }}
              note: "${{ bundle.name }} ${{ bundle.version }} ${{ git.commit }} ${{ git.tag }}"
              kept: $${{ values.image }}
            """,
            ["values.yaml": "image: registry/x\nmajor: 1\nminor: 10\n"]
        ).section()
        #expect(section["stackSpec"]?["image"] == .string("registry/x:1.10"))
        #expect(section["stackSpec"]?["note"] == .string("shop 1.2.0 abc123 v1.2.0"))
        #expect(section["stackSpec"]?["kept"] == .string("${{ values.image }}"))
    }

    // MARK: Layers

    @Test func laterLayersWinAndMappingsAreMerged() throws {
        var filled = Filled(
            "stackSpec: ${{ values.spec }}",
            [
                "values.yaml": "spec: {a: base, b: base, c: base, d: base, deep: {x: 1, y: 1}, list: [1, 2]}\n",
                "environments/prod.yaml": "spec: {b: prod, deep: {y: 2}, list: [3], gone: null}\n",
            ]
        )
        filled.environment = "prod"
        filled.given = [.init(name: "more.yaml", bytes: Array("spec: {c: file, d: null}\n".utf8))]
        filled.settings = ["spec.c=set", "spec.deep.z=true"]
        let section = try filled.section()
        #expect(
            section["stackSpec"]
                == .object([
                    "a": .string("base"), "b": .string("prod"), "c": .string("set"),
                    "deep": .object(["x": .integer(1), "y": .integer(2), "z": .bool(true)]),
                    "list": .array([.integer(3)]),
                ])
        )
        let report = try filled.resolution().values
        #expect(report.environment == "prod")
        #expect(
            report.sources == [
                "values.yaml", "environments/prod.yaml", "more.yaml", "--set spec.c", "--set spec.deep.z",
            ]
        )
    }

    @Test func valuesMayUseOtherValues() throws {
        let section = try Filled(
            "stackSpec: {url: \"${{ values.url }}\", port: \"${{ values.copy.db.port }}\"}",
            [
                "values.yaml": "url: http://${{ values.db.host }}:${{ values.db.port }}/\ndb: {host: h, port: 5}\n"
                    + "copy: ${{ values.all }}\nall: {db: \"${{ values.db }}\"}\n"
            ]
        ).section()
        #expect(section["stackSpec"]?["url"] == .string("http://h:5/"))
        #expect(section["stackSpec"]?["port"] == .integer(5))
    }

    @Test func whatNobodyAsksForMayBeIncomplete() throws {
        let files = ["values.yaml": "a: 1\nbroken: ${{ values.none }} ${{ secrets.none }}\n"]
        #expect(try Filled("stackSpec: {a: \"${{ values.a }}\"}", files).findings() == [])
    }

    // MARK: Errors

    @Test func whatIsUndefinedNamesTheNearestAndWhereItLooked() throws {
        let filled = Filled(
            "stackSpec:\n  a: ${{ values.db.hots }}\n  b: ${{ git.commmit }}",
            ["values.yaml": "db: {host: h}\n"]
        )
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.undefined", "values.undefined"])
        #expect(found.map { $0.span?.line } == [Filled.firstLine + 1, Filled.firstLine + 2])
        #expect(found[0].message == "'values.db.hots' is not defined")
        #expect(found[0].help == "did you mean 'values.db.host'?; looked in values.yaml")
        #expect(found[1].help == "did you mean 'git.commit'?")
    }

    @Test func withoutValuesTheHelpSaysHowToGiveThem() throws {
        let found = try Filled("replicas: ${{ values.n }}").resolution().diagnostics
        #expect(found.map(\.code) == ["values.undefined"], "nothing follows from what is reported already")
        #expect(found.first?.help?.contains("values.yaml") == true)
    }

    @Test(arguments: [
        ("x ${{ values.map }}", "'values.map' is a mapping and cannot stand inside a text"),
        ("x ${{ values.list }}", "'values.list' is a list and cannot stand inside a text"),
        ("x ${{ values.none }}", "'values.none' is empty and cannot stand inside a text"),
        ("${{ values.text.deep }}", "'values.text' is the text 't', not a mapping, so there is no 'values.text.deep'"),
        ("${{ values.map[0] }}", "'values.map' is a mapping, not a list, so there is no 'values.map[0]'"),
        ("${{ values.list[7] }}", "'values.list' has 1 elements, so there is no 'values.list[7]'"),
    ])
    func wrongTypesPointToTheDefinition(_ text: String, _ message: String) throws {
        let filled = Filled(
            "stackSpec: {a: \"\(text)\"}",
            ["values.yaml": "map: {a: 1}\nlist: [1]\nnone:\ntext: t\n"]
        )
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.message) == [message])
        #expect(found.first?.related.first?.span.file == "values.yaml")
    }

    @Test func aValueThatDoesNotFitIsReportedInTheManifestWithItsOrigin() throws {
        var filled = Filled("replicas: ${{ values.n }}", ["values.yaml": "\n\nn: many\n"])
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["manifest.wrong-type"])
        #expect(found.first?.span?.line == Filled.firstLine)
        #expect(
            found.first?.related.map { "\($0.message) \($0.span.file):\($0.span.line)" } == [
                "the value is given here values.yaml:3"
            ]
        )
        filled.settings = ["n=few"]
        #expect(try filled.resolution().diagnostics.first?.help == "the value comes from --set n")
    }

    @Test(arguments: [
        ("a: ${{ values.a }}\n", "values.a -> values.a"),
        (
            "a: x${{ values.b }}\nb: ${{ values.c }}\nc: ${{ values.a }}\n",
            "values.a -> values.b -> values.c -> values.a"
        ),
        ("a: {b: \"${{ values.a }}\"}\n", "values.a.b -> values.a.b"),
    ])
    func aCycleIsNamedWhole(_ values: String, _ chain: String) throws {
        let found = try Filled("stackSpec: {x: \"${{ values.a }}\", y: \"${{ values.a }}\"}", ["values.yaml": values])
            .resolution().diagnostics
        #expect(found.map(\.code) == ["values.cycle"])
        #expect(found.first?.message == "the values lead back to themselves: \(chain)")
        #expect(found.first?.span?.file == "values.yaml")
    }

    @Test func valuesThatGrowWithoutEndAreRefused() throws {
        let lines = (0..<40).map { "v\($0): \"${{ values.v\($0 + 1) }}${{ values.v\($0 + 1) }}\"\n" }
        let values = lines.joined() + "v40: \(String(repeating: "x", count: 100))\n"
        let found = try Filled("stackSpec: {x: \"${{ values.v0 }}\"}", ["values.yaml": values]).resolution().diagnostics
        #expect(found.map(\.code) == ["manifest.too-large"])
    }

    @Test(arguments: ["- a\n", "text\n", "a: 1\n---\nb: 2\n"])
    func aFileOfValuesHoldsOneMapping(_ values: String) throws {
        let found = try Filled("stackSpec: {a: \"${{ values.a }}\"}", ["values.yaml": values]).findings()
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("values.not-a-mapping values.yaml:") == true, "\(found)")
    }

    @Test func aBrokenFileOfValuesIsReportedOnce() throws {
        let found = try Filled("stackSpec: {a: \"${{ values.a }}\"}", ["values.yaml": "a: [\n"]).findings()
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("manifest.unclosed-bracket values.yaml:") == true, "\(found)")
    }

    @Test func anUnknownEnvironmentNamesThoseThatExist() throws {
        var filled = Filled(
            "stackSpec: {a: \"${{ values.a }}\"}",
            ["environments/prod.yaml": "a: 1\n", "environments/test.yaml": "a: 2\n"]
        )
        filled.environment = "prd"
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.unknown-environment"])
        #expect(found.first?.help == "did you mean 'prod'? the environments are: prod, test")
        filled.environment = nil
        #expect(try filled.resolution().diagnostics.first?.help?.contains("--environment prod|test") == true)
    }

    @Test func aSettingThatNobodyAsksForIsDoubtful() throws {
        var filled = Filled("stackSpec: {a: \"${{ values.image.tag }}\"}", ["values.yaml": "image: {tag: 1}\n"])
        filled.settings = ["image.tga=2", "image.tag=3"]
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.unused-setting"])
        #expect(found.first?.severity == .warning)
        #expect(found.first?.help == "did you mean 'image.tag'?")
    }

    @Test(arguments: [
        ("stackSpec: {a: \"${{ value.x }}\"}", "manifest.unresolved-placeholder", "did you mean 'values'?"),
        ("logLevel: ${{ name }}", "manifest.unresolved-placeholder", "expressions begin with"),
        ("stackSpec: {a: \"${{ values.a b }}\"}", "values.invalid-expression", nil),
        ("stackSpec: {a: \"${{ secrets.a.b }}\"}", "values.invalid-expression", nil),
    ])
    func whatIsNoExpressionIsReported(_ worker: String, _ code: String, _ help: String?) throws {
        let found = try Filled(worker).resolution().diagnostics
        #expect(found.map(\.code) == [code])
        if let help { #expect(found.first?.help?.contains(help) == true, "\(found)") }
    }

    // MARK: Variables

    @Test func variablesAreReplacedAsInTheTextOfTheManifest() throws {
        var filled = Filled(
            """
            replicas: ${N}
            stackSpec:
              text: "$N"
              path: $ROOT/x
              arguments: [sh, -c, 'echo $$ ${N}; for f in $OTHER; do :; done']
              jobTemplate: ${N}
            envs: {OTHER: x}
            """
        )
        filled.variables = ["N": "3", "ROOT": "/data"]
        let section = try filled.section()
        #expect(section["replicas"] == .integer(3))
        #expect(section["stackSpec"]?["text"] == .string("3"))
        #expect(section["stackSpec"]?["path"] == .string("/data/x"))
        #expect(section["stackSpec"]?["arguments"]?.arrayValue?.last?.stringValue?.hasPrefix("echo $$ 3;") == true)
        #expect(section["stackSpec"]?["jobTemplate"] == .string("${N}"))
        #expect(try filled.findings() == [], "a name that the workload itself is given is no mistake")
    }

    @Test func anUndefinedVariableStaysWithOneWarning() throws {
        var filled = Filled("stackSpec: {a: $MISSING, b: '${MISSING}', c: $HOME}")
        filled.variables = [:]
        let section = try filled.section()
        #expect(section["stackSpec"]?["a"] == .string("$MISSING"))
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.undefined-variable"])
        #expect(found.first?.severity == .warning)
        filled.variables = nil
        #expect(try filled.findings() == [], "nothing is looked for when interpolation is off")
    }

    @Test func theDefinitionOfAStackKeepsItsVariables() throws {
        let stack = """
            name: s
            version: v1alpha
            type: stack
            stack: {name: s, version: "1.0", image: {tag: "${{ values.tag }}"}, command: [$HOME]}
            """
        let files = [
            "bundle.yaml": Bundles.bundle("  - {id: s, file: s.yaml}\n"), "s.yaml": stack, "values.yaml": "tag: '9'\n",
        ]
        let request = ValueRequest(variables: ["HOME": "/root"], version: "1.0.0", provenance: Provenance(dirty: true))
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve(values: request)
        let section = try #require(resolution.bundle?.resources.first, "\(resolution.diagnostics)").section
        #expect(section["image"]?["tag"] == .string("9"))
        #expect(section["command"] == .array([.string("$HOME")]))
    }

    // MARK: Archives

    @Test func withoutValuesExpressionsStayAndOnlyTheirFormIsChecked() throws {
        func resolve(_ worker: String) throws -> Resolution {
            var files = ["values.yaml": "n: 3\n"]
            files["bundle.yaml"] = Filled.head + worker + "          compute: c\n"
            return try BundleResolver(files: MemoryFiles(files: files)).resolve()
        }
        let good = try resolve(
            "          replicas: ${{ values.n }}\n          logLevel: ${LEVEL}\n          envs: ${{ values.envs }}\n"
        )
        #expect(good.diagnostics == [])
        #expect(good.bundle?.resources.first?.section["replicas"] == .string("${{ values.n }}"))
        #expect(good.values.hasExpressions)
        #expect(good.sources.keys.sorted() == ["bundle.yaml"], "files of values are not read")
        let bad = try resolve("          replicas: ${{ values. }}\n          logLevel: ${{ level }}\n")
        #expect(bad.diagnostics.map(\.code) == ["values.invalid-expression", "manifest.unresolved-placeholder"])
    }

    @Test func everyUseIsTracedToItsOrigin() throws {
        var filled = Filled(
            "stackSpec: {a: \"${{ values.url }}\", b: \"x${{ secrets.PW }}\", c: \"${{ bundle.version }}\", d: $N}",
            ["values.yaml": "url: http://${{ values.host }}\nhost: h\n"]
        )
        filled.settings = ["host=set"]
        filled.secrets = ["PW": "hush-hush"]
        filled.variables = ["N": "5"]
        let uses = try filled.resolution().values.uses
        let lines = uses.map { "\($0.expression) = \($0.value?.scalarText ?? "-") from \($0.origin ?? "-")" }
        #expect(
            Set(lines) == [
                "values.url = http://set from values.yaml:1", "values.host = set from --set host",
                "secrets.PW = ••• from memory", "bundle.version = 1.2.0 from the release",
                "$N = 5 from the environment",
            ]
        )
    }
}
