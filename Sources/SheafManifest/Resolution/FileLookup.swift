internal import SheafModel

/// Finds the files that manifests name: from the root, then from the folder of the manifest, never outside.
struct FileLookup {
    enum Answer {
        /// The normalised path in the bundle, and the file's content.
        case found(path: String, bytes: [UInt8])
        /// The places that were looked at.
        case missing(tried: [String])
        case outside
    }

    let files: any BundleFiles

    /// Looks a path up.
    ///
    /// - Parameters:
    ///   - path: As written in a manifest.
    ///   - manifest: The path of that manifest in the bundle.
    /// - Returns: The file, or why there is none.
    /// - Throws: What the bundle's files throw when a file is there and cannot be read.
    func find(_ path: String, namedIn manifest: String) throws -> Answer {
        let folder = manifest.split(separator: "/").dropLast().joined(separator: "/")
        let places = [Self.normalise(path), Self.normalise(folder.isEmpty ? path : "\(folder)/\(path)")]
        guard !path.hasPrefix("/"), places.contains(where: { $0 != nil }) else { return .outside }
        var tried: [String] = []
        for place in places {
            guard let place, !place.isEmpty, !tried.contains(place) else { continue }
            tried.append(place)
            if let bytes = try files.read(place) { return .found(path: place, bytes: bytes) }
        }
        return .missing(tried: tried)
    }

    /// A path without `.`, `..` and empty parts; nil when it leaves the root.
    static func normalise(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
