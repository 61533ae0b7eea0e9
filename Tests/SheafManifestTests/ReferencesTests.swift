import SheafManifest
import SheafModel
import Testing

/// What resources name and carry: references, attachments, and the order that they imply.
@Suite struct ReferencesTests {
    private static func resource(_ id: String, _ type: String, _ section: String, _ more: String = "") -> String {
        """
          - id: \(id)
            workspace: shop\(more.isEmpty ? "" : "\n    " + more)
            spec: {name: \(id), version: v1, type: \(type), \(type): \(section)}

        """
    }

    private static let secret = "{type: key-value, acl: r, data: {a: b}}"

    @Test func everythingThatAWorkloadNamesIsAReference() throws {
        let section = """
            {stack: 'python:1.0', compute: big, dataosSecrets: [{name: own}, {name: shared}, {name: far, workspace: w}], \
            tempVolume: tmp, persistentVolume: {name: keep, directory: d}, \
            dataosVolumes: [{name: keep, directory: e}, {name: more, directory: f}], \
            stackSpec: {input: 'dataos://lake:raw/x?acl=r', again: ['dataos://lake']}, envs: {OUT: 'dataos://out:a/b'}}
            """
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Self.resource("web", "service", section),
                Self.resource("own", "secret", Self.secret)
            )
        ])
        let web = try #require(bundle.resources.first { $0.item == "web" })
        #expect(
            web.references.map(\.description) == [
                "stack:python", "compute:big", "secret:own:shop", "instance-secret:shared", "secret:far:w",
                "volume:tmp:shop", "volume:keep:shop", "volume:more:shop", "depot:lake", "depot:out",
            ]
        )
    }

    @Test func jobsAndDepotsHaveReferencesToo() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Self.resource(
                    "w",
                    "workflow",
                    "{dag: [{name: a, spec: {stack: x, compute: c, secrets: [s]}}, {name: b, spec: {stack: x, compute: c}}]}"
                ),
                Self.resource(
                    "d",
                    "depot",
                    "{type: s3, compute: c, secrets: [{name: d-r, allkeys: true}], "
                        + "dataosSecrets: [{name: e, workspace: shop}]}"
                )
            )
        ])
        let references = Dictionary(
            uniqueKeysWithValues: bundle.resources.map { ($0.item, $0.references.map(\.description)) }
        )
        #expect(references["w"] == ["stack:x", "compute:c", "instance-secret:s"])
        #expect(references["d"] == ["compute:c", "instance-secret:d-r", "secret:e:shop"])
    }

    @Test func whatIsNamedComesFirstWithoutADependency() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Self.resource(
                    "web",
                    "service",
                    "{stack: 'py+x:1.0', compute: c, dataosSecrets: [{name: s}], tempVolume: v, stackSpec: {a: 'dataos://d'}}"
                ),
                Self.resource("s", "secret", Self.secret),
                Self.resource("v", "volume", "{size: 1Gi, accessMode: ReadWriteOnce, type: temp}"),
                Self.resource("py-old", "stack", "{name: py, version: '0.9'}"),
                Self.resource("py-new", "stack", "{name: py, flavor: x, version: '1.0'}"),
                Self.resource("d", "depot", "{type: s3}"),
                Self.resource("c", "compute", "{dataplane: hub, purpose: gpu}")
            )
        ])
        let web = try #require(bundle.resources.last)
        #expect(web.item == "web")
        #expect(
            web.dependencies
                == (try ["stack:py-new", "compute:c", "secret:s:shop", "volume:v:shop", "depot:d"].map {
                    Dependency(resource: try Bundles.id($0))
                })
        )
    }

    @Test func anExplicitDependencyIsNotRepeatedAndNoCycleIsMade() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Self.resource("s", "secret", Self.secret, "dependencies: [web]"),
                Self.resource("t", "secret", Self.secret),
                Self.resource(
                    "web",
                    "service",
                    "{stack: x, compute: c, dataosSecrets: [{name: s}, {name: t}]}",
                    "dependencyConditions: [{resourceId: t, status: {contains: [act]}}]"
                )
            )
        ])
        #expect(bundle.resources.map(\.item) == ["t", "web", "s"])
        let web = bundle.resources[1]
        #expect(
            web.dependencies == [
                Dependency(resource: try Bundles.id("secret:t:shop"), status: StateTest(contains: ["act"]))
            ]
        )
    }

    @Test func attachedFilesAreReadAndTheirPathsNormalised() throws {
        let files = [
            "bundle.yaml": Bundles.bundle(
                "  - {id: w, workspace: public, file: w/w.yaml}\n",
                Self.resource("s", "secret", "{type: key-value, acl: r, files: {key: ./keys/k.json}}")
            ),
            "w/w.yaml": "name: w\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n"
                + "  - {name: a, spec: {stack: s, compute: c, configs: {a.csv: data/a.csv, b.csv: ../shared/b.csv}}}\n"
                + "  - {name: n, file: nested/n.yaml}\n",
            "w/nested/n.yaml": "name: n\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n"
                + "  - {name: b, spec: {stack: s, compute: c, configs: {c.csv: c.csv}}}\n",
            "w/data/a.csv": "1", "shared/b.csv": "2", "w/nested/c.csv": "1", "keys/k.json": "{}",
        ]
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        let bundle = try #require(resolution.bundle)
        let workflow = try #require(bundle.resources.first)
        #expect(workflow.attachments.map(\.path) == ["w/data/a.csv", "shared/b.csv", "w/nested/c.csv"])
        #expect(workflow.attachments.map(\.name) == ["a.csv", "b.csv", "c.csv"])
        #expect(workflow.attachments[0].digest == Digest(of: Array("1".utf8)))
        let jobs = try workflow.spec(WorkflowSpec.self).dag
        #expect(
            jobs.map(\.spec.configs) == [
                ["a.csv": "w/data/a.csv", "b.csv": "shared/b.csv"], ["c.csv": "w/nested/c.csv"],
            ]
        )
        let secret = try #require(bundle.resources.last)
        #expect(secret.attachments.map(\.role) == [.secretFile])
        #expect(try secret.spec(SecretSpec.self).files == ["key": "keys/k.json"])
        #expect(resolution.contents.count == 3)
        #expect(resolution.contents[Digest(of: Array("{}".utf8))] == Array("{}".utf8))
    }

    @Test func anImageThatTheBundleCarriesIsAnAttachmentOfTheContainerStackOnly() throws {
        func job(_ name: String, stack: String, image: String) -> String {
            "  - {name: \(name), spec: {stack: \(stack), compute: c, stackSpec: {image: '\(image)'}}}\n"
        }
        let files = [
            "bundle.yaml": Bundles.bundle("  - {id: w, workspace: public, file: w/w.yaml}\n"),
            "w/w.yaml": "name: w\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n"
                + job("a", stack: "container", image: "docker-archive:app.tar")
                + job("b", stack: "container:1.0", image: "oci-archive:./../images/b.tar")
                + job("c", stack: "own", image: "docker-archive:app.tar")
                + job("d", stack: "container", image: "docker.io/library/nginx:1"),
            "w/app.tar": "1", "images/b.tar": "2",
        ]
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        let workflow = try #require(resolution.bundle?.resources.first)
        #expect(workflow.attachments.map(\.role) == [.image, .image])
        #expect(workflow.attachments.map(\.name) == ["docker-archive:w/app.tar", "oci-archive:images/b.tar"])
        #expect(workflow.attachments.map(\.path) == ["w/app.tar", "images/b.tar"])
        let images = try workflow.spec(WorkflowSpec.self).dag.map { $0.spec.stackSpec?["image"]?.stringValue }
        #expect(
            images == [
                "docker-archive:w/app.tar", "oci-archive:images/b.tar", "docker-archive:app.tar",
                "docker.io/library/nginx:1",
            ]
        )
    }

    @Test func aMissingAttachmentIsAnError() throws {
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle("  - {id: a, workspace: public, file: a.yaml}\n"),
            "a.yaml": Bundles.service("a") + "  configs:\n    x: x.ini\n    y: ../y.ini\n",
        ])
        #expect(found == ["error manifest.missing-file a.yaml:8", "error manifest.file-outside-root a.yaml:9"])
    }
}
