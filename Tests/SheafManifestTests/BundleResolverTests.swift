import SheafManifest
import SheafModel
import Testing

@Suite struct BundleResolverTests {
    @Test func resolvesABundleInDependencyOrder() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("web", "service", "dependencies: [db]"),
                Bundles.item("db", "service"),
                Bundles.item("extra", "service")
            )
        ])
        #expect(bundle.name == "shop")
        #expect(bundle.resources.map(\.item) == ["db", "extra", "web"])
        #expect(
            bundle.waves.map { $0.map(\.description) } == [
                ["service:db:public", "service:extra:public"], ["service:web:public"],
            ]
        )
        #expect(bundle.resources.last?.dependencies == [Dependency(resource: try Bundles.id("service:db"))])
        #expect(bundle.resources.last?.manifest["workspace"] == .string("public"))
        #expect(bundle.manifest["bundle"]?.objectValue?.keys.contains("resources") == false)
    }

    @Test func equalFilesGiveEqualBytes() throws {
        let items = (0..<40).map { index in
            Bundles.item("r\(index)", "service", index > 3 ? "dependencies: [r\(index / 2), r\(index % 3)]" : "")
        }
        let files = ["bundle.yaml": Bundles.bundle(items.joined())]
        let first = try CanonicalJSON.encode(Bundles.resolved(files))
        let second = try CanonicalJSON.encode(Bundles.resolved(files))
        #expect(first == second)
    }

    @Test func everyResourceFollowsWhatItDependsOn() throws {
        let items = (0..<60).map { index in
            let needs = index == 0 ? "" : "dependencies: [r\((index * 7) % index)]"
            return Bundles.item("r\(index)", "service", needs)
        }
        let bundle = try Bundles.resolved(["bundle.yaml": Bundles.bundle(items.reversed().joined())])
        var seen: Set<ResourceID> = []
        for resource in bundle.resources {
            #expect(resource.dependencies.allSatisfy { seen.contains($0.resource) })
            seen.insert(resource.id)
        }
    }

    @Test func aMissingBundleIsAnErrorWithAHint() {
        #expect {
            try BundleResolver(files: MemoryFiles(files: [:])).resolve()
        } throws: { error in
            guard let error = error as? any SheafError else { return false }
            return error.code == "manifest.no-bundle" && error.hint != nil && error.failureClass == .invalidInput
        }
    }

    @Test func whatTheFilesThrowGoesThrough() {
        #expect(throws: BrokenFiles.Unreadable.self) { try BundleResolver(files: BrokenFiles()).resolve() }
    }

    @Test func anotherManifestIsNoBundle() throws {
        let found = try Bundles.findings(["bundle.yaml": Bundles.service("web")])
        #expect(found == ["error manifest.not-a-bundle bundle.yaml:3"])
    }

    // MARK: Files

    @Test func filesAreLookedUpFromTheRootThenFromTheFolderOfTheManifest() throws {
        let files = [
            "deploy/bundle.yaml": Bundles.bundle(
                "  - {id: a, workspace: public, file: build/a.yaml}\n",
                "  - {id: b, workspace: public, file: ./near/b.yaml}\n",
                "  - {id: c, workspace: public, file: ../c.yaml}\n"
            ),
            "build/a.yaml": Bundles.service("a"),
            "deploy/build/a.yaml": Bundles.service("wrong"),
            "deploy/near/b.yaml": Bundles.service("b"),
            "c.yaml": Bundles.service("c"),
        ]
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve(
            manifestPath: "./deploy/bundle.yaml"
        )
        #expect(resolution.bundle?.resources.map(\.id.name) == ["a", "b", "c"])
        #expect(Set(resolution.sources.keys) == ["deploy/bundle.yaml", "build/a.yaml", "deploy/near/b.yaml", "c.yaml"])
    }

    @Test(arguments: ["/etc/passwd", "../x.yaml", "a/../../x.yaml", "./../../bundle.yaml"])
    func filesOutsideTheRootAreRefused(_ path: String) throws {
        let text = Bundles.bundle("  - {id: a, workspace: public, file: \(path)}\n")
        let found = try Bundles.findings(["bundle.yaml": text, "x.yaml": Bundles.service("x")])
        #expect(found == ["error manifest.file-outside-root bundle.yaml:6"])
    }

    @Test func aMissingFileNamesThePlacesLookedAt() throws {
        let text = Bundles.bundle("  - {id: a, workspace: public, file: a.yaml}\n")
        let resolution = try BundleResolver(files: MemoryFiles(files: ["deploy/b.yaml": text])).resolve(
            manifestPath: "deploy/b.yaml"
        )
        #expect(resolution.bundle == nil)
        #expect(resolution.diagnostics.map(\.code) == ["manifest.missing-file"])
        #expect(resolution.diagnostics.first?.help == "looked for 'a.yaml' and 'deploy/a.yaml'")
    }

    @Test func problemsOfAllFilesAreReportedInOneRun() throws {
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle(
                "  - {id: a, workspace: public, file: a.yaml}\n",
                "  - {id: b, workspace: public, file: b.yaml, dependencies: [c]}\n"
            ),
            "a.yaml": Bundles.service("a") + "  servicePort: x\n",
            "b.yaml": "name: [\n",
        ])
        #expect(
            found == [
                "error manifest.wrong-type a.yaml:7", "error manifest.unclosed-bracket b.yaml:1",
                "error manifest.unknown-dependency bundle.yaml:7",
            ]
        )
    }

    @Test func aFileMustHoldExactlyOneManifest() throws {
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle(
                "  - {id: a, workspace: public, file: a.yaml}\n",
                "  - {id: b, workspace: public, file: b.yaml}\n"
            ),
            "a.yaml": Bundles.service("a") + "---\n" + Bundles.service("b"),
            "b.yaml": "# later\n",
        ])
        #expect(found == ["error manifest.several-manifests a.yaml:8", "error manifest.empty b.yaml:1"])
    }

    // MARK: Workspaces

    @Test func theItemsWorkspaceWinsOverTheManifests() throws {
        let manifest = Bundles.service("web") + "workspace: mine\n"
        let both = ["bundle.yaml": Bundles.bundle("  - {id: a, workspace: shop, file: a.yaml}\n"), "a.yaml": manifest]
        #expect(try Bundles.findings(both) == ["warning manifest.workspace-differs bundle.yaml:6"])
        #expect(try Bundles.resolved(both).resources.first?.id.workspace == "shop")
        let own = ["bundle.yaml": Bundles.bundle("  - {id: a, file: a.yaml}\n"), "a.yaml": manifest]
        #expect(try Bundles.findings(own) == ["warning manifest.workspace-in-manifest bundle.yaml:6"])
        #expect(try Bundles.resolved(own).resources.first?.id.workspace == "mine")
    }

    @Test func resourcesOfAWorkspaceNeedOne() throws {
        let files = ["bundle.yaml": Bundles.bundle("  - {id: a, file: a.yaml}\n"), "a.yaml": Bundles.service("web")]
        #expect(try Bundles.findings(files) == ["error manifest.missing-workspace bundle.yaml:6"])
    }

    @Test func resourcesOfTheInstanceNeedNone() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle("  - {id: a, workspace: shop, file: a.yaml}\n"),
            "a.yaml": "name: c\nversion: v1\ntype: compute\ncompute: {dataplane: hub, purpose: gpu}\n",
        ])
        #expect(bundle.resources.first?.id.description == "compute:c")
        #expect(bundle.resources.first?.manifest["workspace"] == nil)
    }

    // MARK: Identity and placeholders

    @Test func oneResourceIsDefinedOnce() throws {
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("a", "service", name: "web"),
                Bundles.item("b", "service", name: "web"),
                Bundles.item("a", "service", name: "api")
            )
        ])
        #expect(
            found == [
                "error manifest.duplicate-resource bundle.yaml:13", "error manifest.duplicate-item bundle.yaml:20",
            ]
        )
    }

    @Test func placeholdersAreRefusedWhereNothingElseReadsThem() throws {
        let files = [
            "bundle.yaml": Bundles.bundle("  - {id: a, workspace: public, file: a.yaml}\n"),
            "a.yaml": Bundles.service("'{{name}}'") + "  servicePort: ${PORT}\n  stackSpec: {image: '${{ok}}'}\n"
                + "  envs: {A: '${{ values.a }}', B: '${B}', C: '${{x}}'}\n",
        ]
        let request = ValueRequest(version: "1.0.0", provenance: Provenance(dirty: true))
        let found = try BundleResolver(files: MemoryFiles(files: files)).resolve(values: request).diagnostics.map {
            "\($0.code) \($0.span?.line ?? 0)"
        }
        #expect(
            found == [
                "manifest.unresolved-placeholder 1", "manifest.unresolved-placeholder 7", "values.undefined 9",
                "manifest.unresolved-placeholder 9",
            ]
        )
        let kept = try Bundles.findings(files)
        #expect(
            kept == [
                "error manifest.unresolved-placeholder a.yaml:1", "error manifest.unresolved-placeholder a.yaml:9",
            ]
        )
    }

    @Test(arguments: ["ingress", "servicePort", "envs", "dataosSecrets", "stack", "dryRun", "replicas", "topology"])
    func placeholdersAreFoundWhateverTheKeyWants(_ key: String) throws {
        let section = key == "stack" ? "  compute: c\n" : "  stack: s\n  compute: c\n"
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle("  - {id: a, workspace: public, file: a.yaml}\n"),
            "a.yaml": "name: a\nversion: v1\ntype: service\nservice:\n\(section)  \(key): '{{ values.x }}'\n",
        ])
        #expect(found == ["error manifest.unresolved-placeholder a.yaml:\(key == "stack" ? 6 : 7)"])
    }

    @Test func templatesOfStacksAreNoPlaceholders() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle("  - {id: a, file: a.yaml}\n"),
            "a.yaml": "name: s\nversion: v1alpha\ntype: stack\nstack:\n  name: s\n  version: 1.0\n"
                + "  serviceConfig: {configFileTemplate: '{{ .Name }}'}\n",
        ])
        #expect(bundle.resources.first?.section["version"] == .string("1.0"))
    }

    @Test func workspacesOfTheBundleAreListed() throws {
        let text =
            "name: shop\nversion: v1beta\ntype: bundle\nbundle:\n"
            + "  workspaces: [{name: a, description: d, layer: user}, {name: b}]\n  resources: []\n"
        let resolution = try BundleResolver(files: MemoryFiles(files: ["bundle.yaml": text])).resolve()
        #expect(resolution.bundle?.workspaces == [.init(name: "a", description: "d"), .init(name: "b")])
        #expect(resolution.diagnostics.map(\.code) == ["manifest.empty-list"])
    }

    @Test func aThousandResourcesAreResolvedInOneGo() throws {
        let items = (0..<1000).map { index in
            Bundles.item("r\(index)", "service", index == 0 ? "" : "dependencies: [r\(index - 1)]")
        }
        let bundle = try Bundles.resolved(["bundle.yaml": Bundles.bundle(items.joined())])
        #expect(bundle.waves.count == 1000)
    }
}
