import FoundationEssentials
import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

@Suite struct BillOfMaterialsTests {
    private static let digest = String(repeating: "ab", count: 32)

    /// A bundle with everything that a bill tells of.
    private static let bundle = BundleBuilder.bundle([
        BundleBuilder.resource(
            .stack,
            "report",
            section: [
                "name": .string("report"), "version": .string("2.0"), "flavor": .string("pdf"),
                "image": .object([
                    "registry": .string("ghcr.io"), "repository": .string("acme"), "image": .string("report"),
                    "tag": .string("2.0"),
                ]),
            ]
        ),
        BundleBuilder.resource(
            .service,
            "web",
            section: [
                "stack": .string("container"),
                "envs": .object(["image": .string("no-image-at-all")]),
                "stackSpec": .object(["image": .string("docker.io/library/nginx:1.25@sha256:\(digest)")]),
            ]
        ),
        BundleBuilder.resource(
            .workflow,
            "load",
            section: [
                "dag": .array([
                    .object([
                        "spec": .object([
                            "stack": .string("report+pdf:2.0"),
                            "stackSpec": .object(["image": .string("localhost:5000/Load_Er")]),
                        ])
                    ]),
                    .object([
                        "spec": .object([
                            "stack": .string("container"),
                            "stackSpec": .object(["image": .string("${{ values.image }}")]),
                        ])
                    ]),
                ])
            ],
            uses: [ResourceID(kind: .bundle, workspace: nil, name: "base")]
        ),
        BundleBuilder.resource(.secret, "s", section: ["data": .object(["image": .string("hidden-value")])]),
    ])

    private func packed(_ bundle: ResolvedBundle = emptyBundle, names: [String] = []) throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write("in/bundle.yaml", "b")
        for name in names { try scratch.write("in/\(name)", name) }
        scratch.link("in/link", to: "bundle.yaml")
        try SourceTree.workingTree(directory: scratch.path("in")).packed(bundle: bundle).write(
            to: scratch.path("a.sheaf")
        )
        return scratch
    }

    private func bill(in scratch: Scratch) async throws -> [UInt8] {
        try await Commands.run("tar", ["--zstd", "-xf", "a.sheaf", "sbom.cdx.json"], in: scratch.path)
        return try scratch.read("sbom.cdx.json")
    }

    private func components(_ bill: JSONValue, _ type: String) -> [JSONValue] {
        (bill["components"]?.arrayValue ?? []).filter { $0["type"]?.stringValue == type }
    }

    @Test func listsEveryFileWithItsDigestAndEveryLinkWithItsTarget() async throws {
        let names = ["a\"b\\c", "e\u{301}", "\u{e8}", "q/<&>'"]
        let scratch = try packed(names: names)
        let bytes = try await bill(in: scratch)
        let value = try CanonicalJSON.decode(JSONValue.self, from: Data(bytes))
        #expect(try Array(CanonicalJSON.encode(value)) == bytes, "the bill is no canonical JSON")
        let files = components(value, "file")
        let listed = files.map { Array(($0["name"]?.stringValue ?? "").utf8) }
        #expect(
            listed
                == (names + ["bundle.yaml", "link"]).map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        )
        for file in files {
            let name = try #require(file["name"]?.stringValue)
            guard name != "link" else {
                #expect(file["hashes"] == nil)
                #expect(file["properties"]?.arrayValue?.first?["value"]?.stringValue == "bundle.yaml")
                continue
            }
            let expected = Digest(of: Array((name == "bundle.yaml" ? "b" : name).utf8)).hex
            #expect(file["hashes"]?.arrayValue?.first?["content"]?.stringValue == expected)
        }
        #expect(value["metadata"]?["component"]?["name"]?.stringValue == "shop")
        #expect(value["metadata"]?["timestamp"] == nil)
    }

    @Test func listsImagesStacksAndBundlesWithWhatNeedsThem() async throws {
        var bundle = Self.bundle
        bundle.resources[1].item = "inner/deep/web"
        let scratch = try packed(bundle)
        let bytes = try await bill(in: scratch)
        let value = try CanonicalJSON.decode(JSONValue.self, from: Data(bytes))
        let images = components(value, "container")
        #expect(
            images.map { $0["name"]?.stringValue }
                == ["${{ values.image }}", "docker.io/library/nginx", "ghcr.io/acme/report", "localhost:5000/Load_Er"]
        )
        #expect(
            images.map { $0["purl"]?.stringValue } == [
                nil,
                "pkg:oci/nginx@sha256:\(Self.digest)?repository_url=docker.io/library/nginx&tag=1.25",
                "pkg:oci/report?repository_url=ghcr.io/acme/report&tag=2.0",
                nil,
            ]
        )
        #expect(images[1]["hashes"]?.arrayValue?.first?["content"]?.stringValue == Self.digest)
        #expect(images[1]["version"]?.stringValue == "1.25")
        #expect(
            components(value, "platform").map { $0["bom-ref"]?.stringValue } == [
                "stack:container", "stack:report+pdf:2.0",
            ]
        )
        #expect(components(value, "application").map { $0["name"]?.stringValue } == ["base", "inner", "inner/deep"])
        let dependencies = try #require(value["dependencies"]?.arrayValue)
        #expect(dependencies[0]["dependsOn"]?.arrayValue?.count == 9)
        #expect(dependencies[1]["ref"]?.stringValue == "stack:report+pdf:2.0")
        #expect(dependencies[1]["dependsOn"] == .array([.string("image:ghcr.io/acme/report:2.0")]))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("hidden-value") && !text.contains("no-image-at-all"))
    }

    @Test func anImageThatTheBundleCarriesIsNamedWithTheDigestOfItsFile() async throws {
        let name = "docker-archive:images/app.tar"
        var web = BundleBuilder.resource(
            .service,
            "web",
            section: ["stack": .string("container"), "stackSpec": .object(["image": .string(name)])]
        )
        // What the files of these tests hold.
        let digest = Digest(of: Array("images/app.tar".utf8))
        web.attachments = [Attachment(role: .image, name: name, path: "images/app.tar", digest: digest)]
        let scratch = try packed(BundleBuilder.bundle([web]), names: ["images/app.tar"])
        let value = try CanonicalJSON.decode(JSONValue.self, from: Data(try await bill(in: scratch)))
        let image = try #require(components(value, "container").first)
        #expect(image["name"]?.stringValue == name)
        #expect(image["purl"] == nil)
        #expect(image["hashes"]?.arrayValue?.first?["content"]?.stringValue == digest.hex)
    }

    @Test func equalReleasesHaveEqualBillsAndOthersAnotherSerialNumber() async throws {
        let one = try await bill(in: packed()), two = try await bill(in: packed())
        #expect(one == two)
        let three = try await bill(in: packed(names: ["more"]))
        let serials = try [one, three].map {
            try #require(CanonicalJSON.decode(JSONValue.self, from: Data($0))["serialNumber"]?.stringValue)
        }
        #expect(serials[0] != serials[1])
        for serial in serials { #expect(Array(serial)[23] == "5", "\(serial) is of version 5") }
    }

    @Test func theReaderRefusesABillOfOtherFilesAndTakesOneOfAnotherWriter() async throws {
        let scratch = try Scratch()
        let content = Array("x".utf8)
        let hash = Digest(of: content).hex
        func check(_ text: String) throws -> String? {
            let bytes = try TarForge.archive(
                listed: [TarForge.row("files/a", content)],
                held: [TarForge.Member(path: "files/a", content: content)],
                bill: Array(text.utf8)
            )
            try scratch.write("a.sheaf", bytes)
            return code { try Archive.open(scratch.path("a.sheaf")).verify() }
        }
        func bill(name: String = "shop", version: String = "1.0.0", _ files: String...) -> String {
            """
            { "specVersion": "1.5", "bomFormat": "CycloneDX", "metadata": {"component":
              {"type": "application", "name": "\(name)", "version": "\(version)"}},
              "components": [ {"type": "library", "name": "extra"} \(files.map { ", \($0)" }.joined()) ] }
            """
        }
        func file(_ name: String, _ hash: String) -> String {
            #"{"type": "file", "name": "\#(name)", "hashes": [{"alg": "SHA-256", "content": "\#(hash)"}]}"#
        }
        let right = file("a", hash)
        #expect(try check(bill(right)) == nil)
        let wrong = "archive.metadata-mismatch"
        #expect(try check(bill()) == wrong)
        #expect(try check(bill(right, right)) == wrong)
        #expect(try check(bill(right, file("b", hash))) == wrong)
        #expect(try check(bill(file("a", Self.digest))) == wrong)
        #expect(try check(bill(name: "other", right)) == wrong)
        #expect(try check(bill(version: "1.0.1", right)) == wrong)
        #expect(try check("{}") == "archive.invalid-metadata")
        #expect(try check("no json") == "archive.invalid-metadata")
    }

    private static let python = "\(repository)/.build/cyclonedx/bin/python"

    private static var repository: String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    }

    private static var hasValidator: Bool {
        ProcessInfo.processInfo.environment["SHEAF_REQUIRE_ENGINES"] == "1"
            || FileManager.default.fileExists(atPath: "\(repository)/.build/cyclonedx/ready")
    }

    @Test(.enabled(if: hasValidator, "scripts/install-validator.sh has not installed the validator of CycloneDX"))
    func thePublicValidatorAcceptsIt() async throws {
        let scratch = try packed(Self.bundle, names: ["a\"b", "e\u{301}", "line & <end>"])
        _ = try await bill(in: scratch)
        let script = """
            import json, uuid
            from cyclonedx.schema import SchemaVersion
            from cyclonedx.validation.json import JsonStrictValidator
            from packageurl import PackageURL
            text = open("sbom.cdx.json").read()
            print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text))
            bill = json.loads(text)
            assert uuid.UUID(bill["serialNumber"][9:]).version == 5
            urls = [c["purl"] for c in bill["components"] if "purl" in c]
            assert len(urls) == 2
            for url in urls: assert PackageURL.from_string(url).type == "oci"
            """
        let found = try await Commands.run(Self.python, ["-c", script], in: scratch.path)
        #expect(found == "None\n", "\(found)")
    }
}
