import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// A bundle whose job writes to a volume that a service serves, with copies of the data before each change.
struct DataScenario {
    static let name = "ledger"
    private let scenario: Scenario
    /// Whether a service and a worker mount the volume too.
    let serves: Bool

    init(serves: Bool = true) throws {
        scenario = try Scenario()
        self.serves = serves
    }

    var port: Int { scenario.port }

    /// Writes the bundle, whose job writes a text to the volume; `properties` are lines below `bundle.properties`.
    func write(
        _ text: String,
        properties: [String] = ["sheaf.dev/snapshot: before-change"],
        to site: Site,
        more: [String] = []
    ) throws {
        let items = [volume, job(text)] + (serves ? [web, reader] : []) + more
        try site.write(
            "bundle.yaml",
            """
            name: \(Self.name)
            version: v1beta
            type: bundle
            bundle:
              properties:
            \(properties.map { "    \($0)" }.joined(separator: "\n"))
              workspaces:
                - name: books
                  layer: user
              resources:
            \(items.joined(separator: "\n").replacing("trialspace", with: "books"))

            """
        )
    }

    /// What the job has written; nil when there is nothing.
    static func data(_ site: Site) -> String? { TextFile.read("\(site.home)/volumes/books/data/out/file") }

    private var volume: String {
        scenario.item(
            "data",
            type: "volume",
            version: "v1beta",
            section: "size: 1Gi\naccessMode: ReadWriteMany\ntype: persistent"
        )
    }

    private func mount(readOnly: Bool) -> String {
        "persistentVolume:\n  name: data\n  directory: out\n  readOnly: \(readOnly)"
    }

    private func job(_ text: String) -> String {
        let spec = """
            stack: container
            compute: runnable-default
            \(mount(readOnly: false))
            stackSpec:
              command: [sh, -c]
              arguments: ["echo \(text) > /var/dataos/persistent_data/out/file"]
            """
        let lines = spec.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
        return scenario.item(
            "load",
            type: "workflow",
            version: "v1",
            section: "dag:\n  - name: write\n    spec:\n\(lines)"
        )
    }

    private var web: String {
        scenario.item(
            "web",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(port)
                \(mount(readOnly: true).replacing("\n", with: "\n                "))
                stackSpec:
                  command: [busybox]
                  arguments: [httpd, -f, -p, "127.0.0.1:\(port)", -h, /var/dataos/persistent_data/out]
                """
        )
    }

    private var reader: String {
        scenario.item(
            "reader",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                \(mount(readOnly: false).replacing("\n", with: "\n                "))
                stackSpec:
                  command: [sleep]
                  arguments: ["100000"]
                """
        )
    }

    /// A bundle item, another one for each text, that runs after the service and only while a file is there.
    func gate(_ file: String, _ text: String) -> String {
        scenario.worker("gate", script: "test -e \(file) && sleep 100000; : \(text)") + "\n      dependencies: [web]"
    }

    /// A bundle item that fails after the job has run.
    var failing: String { scenario.worker("broken", script: "exit 3") + "\n      dependencies: [load]" }
}

/// `sheaf snapshots BUNDLE --output json`.
struct SnapshotRecord: Decodable, Hashable {
    var beforeRevision: Int
    var volume: String
    var method: String
    var bytes: Int64?
    var files: Int?
    var location: String

    /// The records of the scenario's bundle.
    static func all(_ site: Site) async throws -> [SnapshotRecord] {
        let result = try await site.sheaf("snapshots", DataScenario.name, "--output", "json")
        try #require(result.code == 0, "\(result.errors)")
        return try JSONDecoder().decode([SnapshotRecord].self, from: Data(result.output.utf8))
    }
}
