import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// A bundle whose processes get secrets from every source, in every way in which they can.
struct SecretBundle {
    static let name = "trial"
    static let worker = "worker:second:trialspace"
    static let service = "service:web:trialspace"
    private let scenario: Scenario

    init() throws { scenario = try Scenario() }

    /// Writes the bundle.
    ///
    /// - Parameters:
    ///   - version: Changes all processes.
    ///   - site: Where.
    ///   - extra: More items.
    /// - Throws: When a file cannot be written.
    func write(_ version: Int, to site: Site, extra: [String] = []) throws {
        try site.write("page/index.html", "version \(version)\n")
        let items = [secret, worker(version), web(version), job(version)] + extra
        try site.write("bundle.yaml", Scenario.bundle(items))
    }

    private var secret: String {
        scenario.item(
            "keys",
            type: "secret",
            version: "v1",
            section: """
                type: key-value
                acl: r
                data:
                  FILE: ${{ secrets.FROM_FILE }}
                  VARIABLE: ${{ secrets.FROM_VARIABLE }}
                  STORE: ${{ secrets.FROM_STORE }}
                """
        )
    }

    private func worker(_ version: Int) -> String {
        scenario.item(
            "second",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                dataosSecrets:
                  - name: keys
                    allKeys: true
                  - name: keys
                    allKeys: true
                    consumptionType: file
                  - name: keys
                    allKeys: true
                    consumptionType: propFile
                envs:
                  URL: postgres://me:${{ secrets.FROM_STORE }}@localhost/
                stackSpec:
                  command: [sleep]
                  arguments: ["\(100_000 + version)"]
                """
        )
    }

    private func web(_ version: Int) -> String {
        scenario.item(
            "web",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(scenario.port)
                envs:
                  TOKEN: ${{ secrets.FROM_STORE }}
                  VERSION: "\(version)"
                configs:
                  index.html: page/index.html
                stackSpec:
                  command: [busybox]
                  arguments: [httpd, -f, -p, "127.0.0.1:\(scenario.port)", -h, /etc/dataos/config]
                """
        )
    }

    private func job(_ version: Int) -> String {
        scenario.item(
            "once",
            type: "workflow",
            version: "v1",
            section: """
                dag:
                  - name: write
                    spec:
                      stack: container
                      compute: runnable-default
                      dataosSecrets:
                        - name: keys
                          allKeys: true
                          consumptionType: file
                      stackSpec:
                        command: [sh, -c]
                        arguments: ["test -s $DATAOS_SECRET_DIR/keys_STORE && exit 0 # \(version)"]
                """
        )
    }

    /// An item that shows its secrets and fails after the others were changed.
    var failing: String {
        scenario.item(
            "broken",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                dataosSecrets:
                  - name: keys
                    allKeys: true
                envs:
                  URL: u:${{ secrets.FROM_STORE }}@h
                stackSpec:
                  command: [sh, -c]
                  arguments: ["echo $STORE and $URL and $FILE; exit 3"]
                """
        ) + "\n      dependencies: [second, web]"
    }
}

extension Site {
    /// Keeps a secret, given on standard input with a line end behind it.
    func setSecret(_ name: String, _ value: String) async throws {
        let result = try await run(
            "sh",
            ["-c", "printf '%s\\n' \"$SECRET_INPUT\" | '\(Self.built)/sheaf' secret set \"$0\"", name],
            environment: ["SECRET_INPUT": value]
        )
        try #require(result.code == 0, "\(result)")
    }

    /// The environment of the process of a live resource.
    func environment(of resource: String, in bundle: String) async throws -> [String: String] {
        let pid = try #require(try await status(of: bundle)[resource]?.pids.last)
        let lines = TextFile.read("/proc/\(pid)/environ")?.split(separator: "\0") ?? []
        let entries = lines.compactMap { $0.splitAtFirstEqualSign }
        return Dictionary(entries) { first, _ in first }
    }

    /// The files below a folder that hold one of some values, as it is or in Base64.
    func files(holding values: [String], in folder: String) throws -> Set<String> {
        let forms = values.flatMap { [Data($0.utf8), Data(Data($0.utf8).base64EncodedString().utf8)] }
        var found: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
            if forms.contains(where: { bytes.firstRange(of: $0) != nil }) { found.insert(path) }
        }
        return found
    }
}

extension Substring {
    fileprivate var splitAtFirstEqualSign: (String, String)? {
        firstIndex(of: "=").map { (String(self[..<$0]), String(self[index(after: $0)...])) }
    }
}
