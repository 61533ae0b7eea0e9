internal import FoundationEssentials
internal import SheafModel

/// The time zones that there are: those of the host where it has a list of them, else whatever looks like one.
enum TimeZoneNames {
    private static let folder = "/usr/share/zoneinfo"

    /// Folders of the list that hold the same zones in another form.
    private static let copies = ["posix", "right"]

    private static let hostNames: Set<String> = {
        // Without the folder there is no list, and the shape decides.
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let names = paths.filter { path in
            let first = path.prefix { $0 != "/" }
            return !copies.contains(String(first)) && !path.contains(".") && path.first?.isUppercase == true
        }
        let folders = Set(names.filter { $0.contains("/") }.map { String($0.prefix(while: { $0 != "/" })) })
        return Set(names).subtracting(folders)
    }()

    /// Whether a text names a time zone.
    static func contains(_ text: String) -> Bool {
        if text == "UTC" { return true }
        return hostNames.isEmpty ? TimeText.isZone(text) : hostNames.contains(text)
    }

    /// The zone that a misspelled one may mean.
    static func nearest(to text: String) -> String? {
        if let known = hostNames.first(where: { $0.lowercased() == text.lowercased() }) { return known }
        let sorted = hostNames.sorted()
        if let near = Suggestion.nearest(to: text, among: sorted) { return near }
        return TimeText.nearestZone(text)
    }
}
