internal import SheafModel

/// Finds addresses and host names in the texts of manifests.
///
/// Placeholders such as `dataos://${DEPOT}:raw` name nothing yet and are passed over.
struct ReferenceText {
    /// A name of a service in the network of the workspaces.
    struct Host: Hashable {
        var service: String
        /// Nil where the text gives the service's name alone.
        var workspace: String?
        /// Whether it ends in `.svc` or `.svc.cluster.local`, and so can be nothing else.
        var isQualified: Bool
    }

    private(set) var depots: [String] = []
    private(set) var hosts: [Host] = []

    /// Reads a text.
    ///
    /// - Complexity: Linear in the text; most texts are only looked through once.
    init(_ text: String) {
        guard Self.mayName(text) else { return }
        let bytes = Array(text.utf8)
        for start in bytes.indices {
            if Self.matches("://", bytes, at: start) { readAuthority(bytes, schemeEnd: start) }
            if Self.matches(".svc", bytes, at: start) { readQualifiedHost(bytes, around: start) }
        }
    }

    /// Reads a text that as a whole is a host, with a port or not.
    static func host(_ text: String) -> Host? {
        let name = text.prefix { $0 != ":" }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else { return nil }
        switch parts.count {
        case 1: return Host(service: parts[0], workspace: nil, isQualified: false)
        case 2: return Host(service: parts[0], workspace: parts[1], isQualified: false)
        case 3 where parts[2] == "svc", 5 where parts[2...] == ["svc", "cluster", "local"]:
            return Host(service: parts[0], workspace: parts[1], isQualified: true)
        default: return nil
        }
    }

    /// Whether a text can be the name of a resource: letters, digits, `-` and `_`.
    static func isName(_ text: some StringProtocol) -> Bool {
        // A secret in a name is refused where all names are looked at.
        !text.isEmpty && text.utf8.allSatisfy(isNameByte) || SecretReference.occurs(in: String(text))
    }

    private static func mayName(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            if last == UInt8(ascii: "/"), byte == UInt8(ascii: "/") { return true }
            if last == UInt8(ascii: "."), byte == UInt8(ascii: "s") { return true }
            last = byte
        }
        return false
    }

    private static func matches(_ word: StaticString, _ bytes: [UInt8], at start: Int) -> Bool {
        guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
        return word.withUTF8Buffer { $0.elementsEqual(bytes[start..<start + $0.count]) }
    }

    private mutating func readAuthority(_ bytes: [UInt8], schemeEnd: Int) {
        let start = schemeEnd + 3
        var scheme = schemeEnd
        while scheme > 0, Self.isNameByte(bytes[scheme - 1]) { scheme -= 1 }
        if bytes[scheme..<schemeEnd].elementsEqual("dataos".utf8) {
            let name = bytes[start...].prefix(while: Self.isNameByte)
            // What follows the name tells a name from a piece of a placeholder or a pattern.
            let isWhole = name.endIndex == bytes.endIndex || !"${}<>*%".utf8.contains(bytes[name.endIndex])
            if !name.isEmpty, isWhole { depots.append(String(decoding: name, as: UTF8.self)) }
            return
        }
        let authority = bytes[start...].prefix { $0 > 32 && !"/?#\"'`,;|<>{}()".utf8.contains($0) }
        let host = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).last ?? []
        add(Self.host(String(decoding: host, as: UTF8.self)))
    }

    private mutating func readQualifiedHost(_ bytes: [UInt8], around place: Int) {
        func isHostByte(_ byte: UInt8) -> Bool { Self.isNameByte(byte) || byte == UInt8(ascii: ".") }
        var start = place
        while start > 0, isHostByte(bytes[start - 1]) { start -= 1 }
        var end = place
        while end < bytes.count, isHostByte(bytes[end]) { end += 1 }
        while end > place, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        add(Self.host(String(decoding: bytes[start..<end], as: UTF8.self)))
    }

    private mutating func add(_ host: Host?) {
        if let host, !hosts.contains(host) { hosts.append(host) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
