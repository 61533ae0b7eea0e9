import SheafModel

/// Checks the shape of time zones, moments and durations without a calendar or the host's zone files.
enum TimeText {
    private static let areas = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile",
        "Etc",
        "Europe", "Indian", "Mexico", "Pacific", "US",
    ]
    private static let single: Set<String> = [
        "UTC", "GMT", "UCT", "Zulu", "EST", "MST", "HST", "CET", "EET", "MET", "WET", "EST5EDT", "CST6CDT", "MST7MDT",
        "PST8PDT", "Japan", "Singapore", "Hongkong", "Israel", "Turkey", "Egypt", "Iran", "Cuba", "Eire", "GB", "NZ",
        "Poland", "Portugal", "Jamaica", "Libya", "Navajo", "PRC", "ROC", "ROK",
    ]

    /// Whether a text has the form of an IANA time zone.
    static func isZone(_ text: String) -> Bool {
        if single.contains(text) { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let area = parts.first, areas.contains(String(area)) else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                        || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
                }
        }
    }

    /// The zone that a misspelled area may mean.
    static func nearestZone(_ text: String) -> String? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 2, let area = Suggestion.nearest(to: parts[0], among: areas) else { return nil }
        return ([area] + parts.dropFirst()).joined(separator: "/")
    }

    /// Whether a text is a moment by RFC 3339, or a day.
    static func isMoment(_ text: String) -> Bool {
        let pattern = Array("dddd-dd-dd".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count >= pattern.count, zip(bytes, pattern).allSatisfy(fits) else { return false }
        guard bytes.count > pattern.count else { return true }
        let time = Array("Tdd:dd:dd".utf8)
        let rest = bytes.dropFirst(pattern.count)
        guard rest.count > time.count, zip(rest, time).allSatisfy(fits) else { return false }
        var zone = rest.dropFirst(time.count)
        if zone.first == UInt8(ascii: ".") { zone = zone.dropFirst().drop { (48...57).contains($0) } }
        if zone.elementsEqual("Z".utf8) || zone.elementsEqual("z".utf8) { return true }
        guard let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), zone.count == 6
        else { return false }
        return zip(zone.dropFirst(), "dd:dd".utf8).allSatisfy(fits)
    }

    /// Whether a text is a duration such as `30s`, `1h30m` or `500ms`.
    static func isDuration(_ text: String) -> Bool {
        var rest = Substring(text)
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard !digits.isEmpty,
                let unit = ["ms", "us", "ns", "h", "m", "s", "d"].first(where: { rest.hasPrefix($0) })
            else { return digits.count == text.count && Int(text) != nil }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    private static func fits(_ byte: UInt8, _ shape: UInt8) -> Bool {
        if shape == UInt8(ascii: "d") { return (48...57).contains(byte) }
        return byte == shape || (shape == UInt8(ascii: "T") && (byte == UInt8(ascii: "t") || byte == UInt8(ascii: " ")))
    }
}
