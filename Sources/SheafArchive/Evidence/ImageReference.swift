/// A container image as a manifest names it: `[HOST/]NAME[:TAG][@sha256:HEX]`.
struct ImageReference: Hashable, Sendable {
    /// As written.
    let text: String
    /// Without tag and digest; the whole text where it cannot be taken apart.
    let name: String
    let tag: String?
    /// The 64 hex digits.
    let digest: String?
    /// The package URL; nil for what is no reference, such as a placeholder.
    let packageURL: String?

    /// Takes a reference apart; any text is one, since values may be left open.
    init(_ text: String) {
        self.text = text
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let digest = parts.count == 2 ? Self.hex(parts[1]) : nil
        let named = parts[0]
        // A colon before the last slash belongs to a port.
        let last = named.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let colon = last.firstIndex(of: ":")
        let tag = colon.map { String(last[last.index(after: $0)...]) }
        let name = colon.map { String(named[..<$0]) } ?? String(named)
        guard parts.count == 1 || digest != nil, tag.map(Self.isTag) ?? true, Self.isName(name) else {
            (self.name, self.tag, self.digest, packageURL) = (text, nil, nil, nil)
            return
        }
        (self.name, self.tag, self.digest) = (name, tag, digest)
        packageURL = Self.packageURL(name, tag, digest)
    }

    private static func packageURL(_ name: String, _ tag: String?, _ digest: String?) -> String {
        let parts = name.split(separator: "/")
        let host = parts.first.map { $0.contains(".") || $0.contains(":") || $0 == "localhost" } ?? false
        var qualifiers: [String] = []
        // Without a host, where the image comes from depends on the machine.
        if parts.count > 1, host { qualifiers.append("repository_url=\(name)") }
        if let tag { qualifiers.append("tag=\(tag)") }
        return "pkg:oci/\(parts.last ?? "")" + (digest.map { "@sha256:\($0)" } ?? "")
            + (qualifiers.isEmpty ? "" : "?" + qualifiers.joined(separator: "&"))
    }

    private static func hex(_ text: Substring) -> String? {
        let digits = text.dropFirst("sha256:".count)
        guard text.hasPrefix("sha256:"), digits.utf8.count == 64,
            digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        return String(digits)
    }

    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.enumerated().allSatisfy { position, part in
            let isHost = position == 0 && parts.count > 1
            return !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    isLower(byte) || [0x2d, 0x2e, 0x5f].contains(byte)
                        || isHost && (byte == UInt8(ascii: ":") || (65...90).contains(byte))
                }
        }
    }

    private static func isTag(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLower($0) || (65...90).contains($0) || [0x2d, 0x2e, 0x5f].contains($0) }
    }

    private static func isLower(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
}
