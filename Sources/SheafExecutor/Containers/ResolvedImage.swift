import FoundationEssentials

/// An image that an engine has, by what it is instead of what it is called: what runs is always the same.
struct ResolvedImage: Hashable, Sendable {
    /// As engines take it in the place of a name: `sha256:` and 64 digits.
    var id: String
    /// Where exactly this image can be had once more, as `repository@sha256:…`; nil for what came from no registry.
    var source: String?
    /// Whether it says how to find out that what runs in it is well.
    var hasHealthCheck = false

    /// Reads what `image inspect` says of one image; nil for anything else.
    ///
    /// - Parameters:
    ///   - json: A list with one entry.
    ///   - name: The image as it was asked for, of which the source is taken where there are several.
    init?(inspected json: String, as name: String) {
        // Whatever an engine says that is no such list tells nothing of the image.
        guard let entry = try? JSONDecoder().decode([Inspection].self, from: Data(json.utf8)).first else { return nil }
        id = entry.id.hasPrefix("sha256:") ? entry.id : "sha256:\(entry.id)"
        let sources = (entry.sources ?? []).filter { !$0.hasPrefix("localhost/") && $0.contains("@sha256:") }
        source = sources.first { $0.hasPrefix("\(Self.repository(of: name))@") } ?? sources.first
        hasHealthCheck = (entry.healthCheck ?? entry.config?.healthCheck)?.isSet == true
    }

    init(id: String, source: String?) {
        self.id = id
        self.source = source
    }

    /// A name without its tag and digest.
    private static func repository(of name: String) -> Substring {
        let plain = name.prefix { $0 != "@" }
        let slash = plain.lastIndex(of: "/") ?? plain.startIndex
        return plain[slash...].lastIndex(of: ":").map { plain[..<$0] } ?? plain
    }

    private struct Inspection: Decodable {
        struct Config: Decodable {
            var healthCheck: HealthCheck?

            enum CodingKeys: String, CodingKey { case healthCheck = "Healthcheck" }
        }

        struct HealthCheck: Decodable {
            var test: [String]?

            enum CodingKeys: String, CodingKey { case test = "Test" }

            var isSet: Bool { test.map { !$0.isEmpty && $0 != ["NONE"] } ?? false }
        }

        var id: String
        var sources: [String]?
        /// Where podman has it; docker has it in `Config`.
        var healthCheck: HealthCheck?
        var config: Config?

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case sources = "RepoDigests"
            case healthCheck = "Healthcheck"
            case config = "Config"
        }
    }
}
