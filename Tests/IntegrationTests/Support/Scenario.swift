import SheafTestSupport

/// A small bundle of host processes in two versions, for tests of transactions.
///
/// Version 2 changes `second` and `web`, drops `first`, adds `third`; `steady` stays as it is.
struct Scenario {
    static let name = "trial"
    let port: Int

    init() throws { port = try FreePort.find() }

    enum Version: Int { case one = 1, two = 2 }

    func write(_ version: Version, to site: Site, broken: String? = nil) throws {
        try site.write("page/index.html", "version \(version.rawValue)\n")
        try site.write("bundle.yaml", manifest(version, broken: broken))
    }

    private func manifest(_ version: Version, broken: String?) -> String {
        let changing = version == .one ? worker("first") : worker("third")
        let items =
            [
                secret, volume, worker("steady"), changing, worker("second", seconds: 100_000 + version.rawValue),
                web(version), job,
            ]
        return Self.bundle(items + (broken.map { [$0] } ?? []))
    }

    /// A bundle of the name of all trials.
    static func bundle(_ items: [String]) -> String {
        """
        name: \(name)
        version: v1beta
        type: bundle
        bundle:
          workspaces:
            - name: trialspace
              layer: user
          resources:
        \(items.joined(separator: "\n"))

        """
    }

    private var secret: String {
        item(
            "password",
            type: "secret",
            version: "v1",
            section: """
                type: key-value
                acl: r
                data:
                  PASSWORD: correct-horse
                """
        )
    }

    private var volume: String {
        item(
            "data",
            type: "volume",
            version: "v1beta",
            section: """
                size: 1Gi
                accessMode: ReadWriteMany
                type: persistent
                """
        )
    }

    private func worker(_ name: String, seconds: Int = 100_000) -> String {
        item(
            name,
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                dataosSecrets:
                  - name: password
                    allKeys: true
                stackSpec:
                  command: [sleep]
                  arguments: ["\(seconds)"]
                """
        )
    }

    private func web(_ version: Version) -> String {
        item(
            "web",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(port)
                configs:
                  index.html: page/index.html
                stackSpec:
                  command: [busybox]
                  arguments: [httpd, -f, -p, "127.0.0.1:\(port)", -h, /etc/dataos/config]
                """
        )
    }

    private var job: String {
        item(
            "once",
            type: "workflow",
            version: "v1",
            section: """
                dag:
                  - name: write
                    spec:
                      stack: container
                      compute: runnable-default
                      persistentVolume:
                        name: data
                        directory: out
                      stackSpec:
                        command: [sh, -c]
                        arguments: ["echo done > /var/dataos/persistent_data/out/done"]
                """
        )
    }

    /// A workflow with one job that runs a shell script.
    func job(_ name: String, script: String) -> String {
        item(
            name,
            type: "workflow",
            version: "v1",
            section: """
                dag:
                  - name: job
                    spec:
                      stack: container
                      compute: runnable-default
                      stackSpec:
                        command: [sh, -c]
                        arguments: ["\(script)"]
                """
        )
    }

    /// A worker that runs a shell script.
    func worker(_ name: String, script: String) -> String {
        item(
            name,
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  command: [sh, -c]
                  arguments: ["\(script)"]
                """
        )
    }

    /// One item of `bundle.resources`, indented for it.
    func item(_ name: String, type: String, version: String, section: String) -> String {
        let lines =
            [
                "- id: \(name)", "  workspace: trialspace", "  spec:", "    name: \(name)", "    version: \(version)",
                "    type: \(type)", "    \(type):",
            ] + section.split(separator: "\n").map { "      \($0)" }
        return lines.map { "    \($0)" }.joined(separator: "\n")
    }
}
