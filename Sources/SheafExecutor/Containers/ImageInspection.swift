import FoundationEssentials

/// What `image inspect` says of one image.
struct ImageInspection: Decodable {
    private struct Config: Decodable {
        var healthCheck: HealthCheck?

        enum CodingKeys: String, CodingKey { case healthCheck = "Healthcheck" }
    }

    private struct HealthCheck: Decodable {
        var test: [String]?

        enum CodingKeys: String, CodingKey { case test = "Test" }

        var isSet: Bool { test.map { !$0.isEmpty && $0 != ["NONE"] } ?? false }
    }

    private struct Driver: Decodable {
        struct Folders: Decodable {
            var upper: String?

            enum CodingKeys: String, CodingKey { case upper = "UpperDir" }
        }

        var name: String
        var folders: Folders?

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case folders = "Data"
        }
    }

    private var id: String
    private var sources: [String]?
    /// Where podman has it; docker has it in `Config`.
    private var healthCheck: HealthCheck?
    private var config: Config?
    private var driver: Driver?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case sources = "RepoDigests"
        case healthCheck = "Healthcheck"
        case config = "Config"
        case driver = "GraphDriver"
    }

    /// Reads a list with one entry; nil for anything else.
    init?(_ json: String) {
        // Whatever an engine says that is no such list tells nothing of the image.
        guard let entry = try? JSONDecoder().decode([ImageInspection].self, from: Data(json.utf8)).first else {
            return nil
        }
        self = entry
    }

    /// The image itself; of several sources that which it was asked for by.
    func image(askedForAs name: String) -> ResolvedImage {
        let sources = (sources ?? []).filter { !$0.hasPrefix("localhost/") && $0.contains("@sha256:") }
        var image = ResolvedImage(
            id: id.hasPrefix("sha256:") ? id : "sha256:\(id)",
            source: sources.first { $0.hasPrefix("\(Self.repository(of: name))@") } ?? sources.first
        )
        image.hasHealthCheck = (healthCheck ?? config?.healthCheck)?.isSet == true
        return image
    }

    /// The file in which podman's storage has the names of all its images; nil where it cannot be told.
    var index: String? {
        // `<storage>/overlay/<layer>/diff`, beside which there is `<storage>/overlay-images/`.
        guard let driver, let upper = driver.folders?.upper,
            let place = upper.firstRange(of: "/\(driver.name)/")
        else { return nil }
        return "\(upper[..<place.lowerBound])/\(driver.name)-images/images.json"
    }

    /// A name without its tag and digest.
    private static func repository(of name: String) -> Substring {
        let plain = name.prefix { $0 != "@" }
        let slash = plain.lastIndex(of: "/") ?? plain.startIndex
        return plain[slash...].lastIndex(of: ":").map { plain[..<$0] } ?? plain
    }
}
