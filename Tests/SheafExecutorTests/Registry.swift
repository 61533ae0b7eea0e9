import FoundationEssentials
import SheafTestSupport
import Testing

/// A private registry of images on the loopback address, for one user.
struct Registry: Sendable {
    static let isThere = Podman.has("docker-registry", "htpasswd", "curl")

    let host: String
    /// Tells podman that it speaks no TLS.
    let variables: [String: String]
    let password: String
    private let program: BackgroundProgram

    private static let user = "ann"

    init(in folder: String, podman: Podman) async throws {
        let port = try FreePort.find()
        host = "127.0.0.1:\(port)"
        password = "pass-\(UInt32.random(in: 0 ... .max))"
        try await podman.shell(
            """
            mkdir -p \(folder) && cd \(folder) && htpasswd -Bbn \(Self.user) \(password) > users
            printf '[[registry]]\\nlocation = "\(host)"\\ninsecure = true\\n' > registries.conf
            cat > config.yml <<END
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(folder)/data}, delete: {enabled: true}}
            http: {addr: '\(host)', secret: x}
            auth: {htpasswd: {realm: tests, path: \(folder)/users}}
            END
            """
        )
        variables = ["CONTAINERS_REGISTRIES_CONF": "\(folder)/registries.conf"]
        program = try await BackgroundProgram("docker-registry serve \(folder)/config.yml", log: "\(folder)/log")
        let isUp = try await eventually { [host] in
            try await podman.shell("curl -s -o /dev/null -w '%{http_code}' http://\(host)/v2/") == "401"
        }
        try #require(isUp, "the registry does not answer")
    }

    /// What a secret of type `cloud-kernel-image-pull` holds.
    func login(password: String? = nil) -> String {
        let entry = Data("\(Self.user):\(password ?? self.password)".utf8).base64EncodedString()
        return #"{"auths": {"\#(host)": {"auth": "\#(entry)"}}}"#
    }

    func push(_ image: String, as name: String, podman: Podman) async throws {
        let answer = try await podman.shell(
            "podman push --tls-verify=false --creds \(Self.user):\(password) \(image) \(host)/\(name) 2>&1 || echo failed"
        )
        try #require(!answer.contains("failed"), "\(answer)")
    }
}
