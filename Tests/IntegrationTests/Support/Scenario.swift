import FoundationEssentials
import Glibc

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
        return """
            name: \(Self.name)
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: trialspace
                  layer: user
              resources:
            \(items.joined(separator: "\n"))
            \(broken ?? "")

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

/// A port that somebody else listens on.
final class TakenPort: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        (descriptor, port) = try FreePort.bound()
        guard listen(descriptor, 1) == 0 else { throw FreePort.NoPort() }
    }

    deinit { close(descriptor) }
}

/// Ports that nobody listens on.
enum FreePort {
    struct NoPort: Error {}

    static func find() throws -> Int {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// A socket with a port of its own.
    static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw NoPort() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            throw NoPort()
        }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }
}
