import SheafManifest
import SheafModel
import Testing

/// What a bundle's properties ask for the data of its volumes.
@Suite struct SnapshotRuleTests {
    private func bundle(_ properties: [String], _ items: String = "") -> String {
        "name: shop\nversion: v1beta\ntype: bundle\nbundle:\n"
            + (properties.isEmpty ? "" : "  properties:\n" + properties.map { "    \($0)\n" }.joined())
            + "  resources:\n" + volume("data") + volume("cache") + items
    }

    private func volume(_ name: String) -> String {
        """
          - id: \(name)
            workspace: public
            spec:
              name: \(name)
              version: v1beta
              type: volume
              volume: {size: 1Gi, accessMode: ReadWriteMany, type: persistent}

        """
    }

    private func rules(_ files: [String: String]) throws -> [String: SnapshotRule] {
        let volumes = try Bundles.resolved(files).resources.filter { $0.id.kind == .volume }
        return Dictionary(
            uniqueKeysWithValues: volumes.compactMap { volume in
                volume.snapshot.map { (volume.id.name, $0) }
            }
        )
    }

    @Test func withoutPropertiesNothingIsAskedAndNothingIsWritten() throws {
        let files = ["bundle.yaml": bundle([])]
        #expect(try rules(files).isEmpty)
        let text = String(decoding: try CanonicalJSON.encode(Bundles.resolved(files)), as: UTF8.self)
        #expect(!text.contains("snapshot"))
    }

    @Test func aVolumeByNameComesBeforeAllOfThem() throws {
        let properties = [
            "sheaf.dev/snapshot: before-change", "sheaf.dev/snapshot-volumes: {cache: never}",
            "sheaf.dev/snapshot-limit: 5Gi", "color: red",
        ]
        let rules = try rules(["bundle.yaml": bundle(properties)])
        #expect(rules["data"] == SnapshotRule(.beforeChange, limit: 5 << 30))
        #expect(rules["cache"]?.moment == .never)
    }

    @Test func anInnerBundleAsksForItself() throws {
        let inner = "  - id: inner\n    file: inner.yaml\n"
        let files = [
            "bundle.yaml": bundle(["sheaf.dev/snapshot: always"], inner),
            "inner.yaml": "name: inner\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n" + volume("other"),
        ]
        let rules = try rules(files)
        #expect(rules.keys.sorted() == ["cache", "data"])
    }

    @Test func aVolumeThatIsNotThereIsReportedWhereItIsNamed() throws {
        let files = ["bundle.yaml": bundle(["sheaf.dev/snapshot-volumes: {date: always}"])]
        #expect(try Bundles.findings(files) == ["error manifest.invalid-value bundle.yaml:6"])
    }

    @Test(arguments: [
        ("512", 512), ("64KiB", 65_536), ("1Gi", 1 << 30), ("2 MiB", 2 << 20), ("5 GB", nil), ("x", nil),
        ("99999999999PiB", nil),
    ])
    func sizesAreReadAsPeopleWriteThem(text: String, bytes: Int64?) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test(arguments: [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (12 << 20, "12 MiB"), (3 << 40, "3.0 TiB")])
    func sizesAreWrittenShortly(bytes: Int64, text: String) {
        #expect(ByteSize(bytes: bytes).description == text)
    }
}
