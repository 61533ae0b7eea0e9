import SheafManifest
import SheafModel
import Testing

/// A bundle with one worker, filled in with values.
struct Filled {
    /// The worker's section below `stack` and `compute`, at the end of the manifest.
    var worker: String
    /// Files beside `bundle.yaml`.
    var files: [String: String] = [:]
    var environment: String?
    var given: [ValueRequest.File] = []
    var settings: [String] = []
    var variables: [String: String]?
    var secrets: [String: String] = [:]
    var needsSecrets = true

    init(_ worker: String, _ files: [String: String] = [:]) {
        self.worker = worker
        self.files = files
    }

    /// The line of the manifest on which `worker` begins.
    static let firstLine = 14

    static let head = """
        name: shop
        version: v1beta
        type: bundle
        bundle:
          resources:
            - id: w
              workspace: public
              spec:
                name: w
                version: v1beta
                type: worker
                worker:
                  stack: own

        """

    private var manifest: String {
        Self.head + worker.split(separator: "\n").map { "          \($0)\n" }.joined() + "          compute: c\n"
    }

    func resolution() throws -> Resolution {
        var files = files
        files["bundle.yaml"] = manifest
        return try BundleResolver(files: MemoryFiles(files: files)).resolve(
            values: ValueRequest(
                environment: environment,
                files: given,
                settings: settings.compactMap { ValueSetting($0) },
                variables: variables,
                secrets: MemorySecrets(values: secrets),
                needsSecrets: needsSecrets,
                version: "1.2.0",
                provenance: Provenance(commit: "abc123", tag: "v1.2.0", dirty: false)
            )
        )
    }

    /// The worker's section; fails the test when there are errors.
    func section() throws -> JSONValue {
        let resolution = try resolution()
        let errors = resolution.diagnostics.filter { $0.severity == .error }
        return try #require(resolution.bundle?.resources.first, "\(errors)").section
    }

    /// The findings as `code file:line message`.
    func findings() throws -> [String] {
        try resolution().diagnostics.map {
            "\($0.code) \($0.span?.file ?? ""):\($0.span?.line ?? 0) \($0.message)"
        }
    }
}

/// Secrets in memory.
struct MemorySecrets: SecretSource {
    var values: [String: String]

    var secretNames: [String] { values.keys.sorted() }
    func origin(ofSecret name: String) -> String? { values[name].map { _ in "memory" } }
    func secret(_ name: String) -> SecretText? { values[name].map(SecretText.init) }
}
