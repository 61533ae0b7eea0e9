/// URIs, IRIs and templates of them.
enum URIFormat {
    static func isURI(_ text: String, allowsUnicode: Bool, mayBeRelative: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ isCharacter($0, allowsUnicode) }), hasGoodPercents(bytes) else { return false }
        let uri = SchemaURI(text)
        guard uri.scheme != nil || mayBeRelative else { return false }
        if uri.scheme == nil, uri.authority == nil {
            // A colon in the first part of a path would make it a scheme.
            if uri.path.prefix(while: { $0 != "/" }).contains(":") { return false }
        }
        if uri.fragment?.contains("#") == true || (uri.fragment ?? "").contains(where: { "[]".contains($0) }) {
            return false
        }
        if (uri.path + (uri.query ?? "")).contains(where: { "[]".contains($0) }) { return false }
        return uri.authority.map(isAuthority) ?? true
    }

    private static func isAuthority(_ text: String) -> Bool {
        var host = Substring(text)
        if let at = host.lastIndex(of: "@") {
            if host[..<at].contains(where: { "@[]".contains($0) }) { return false }
            host = host[host.index(after: at)...]
        }
        var port: Substring = ""
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let address = host[host.index(after: host.startIndex)..<end]
            guard address.lowercased().hasPrefix("v") || NetworkFormat.isIPv6(String(address)) else { return false }
            port = host[host.index(after: end)...]
        } else {
            guard !host.contains(where: { "[]".contains($0) }) else { return false }
            if let colon = host.firstIndex(of: ":") { port = host[colon...] }
        }
        return port.isEmpty || port.first == ":" && port.dropFirst().allSatisfy { ("0"..."9").contains($0) }
    }

    private static func isCharacter(_ byte: UInt8, _ allowsUnicode: Bool) -> Bool {
        if byte >= 128 { return allowsUnicode }
        return (48...57).contains(byte) || (97...122).contains(byte | 0x20)
            || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }

    private static func hasGoodPercents(_ bytes: [UInt8]) -> Bool {
        bytes.indices.filter { bytes[$0] == UInt8(ascii: "%") }.allSatisfy { index in
            index + 2 < bytes.count
                && bytes[index + 1...index + 2].allSatisfy { (48...57).contains($0) || (97...102).contains($0 | 0x20) }
        }
    }

    /// RFC 6570: braces hold names, with an operator before and modifiers behind.
    static func isTemplate(_ text: String) -> Bool {
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { "{}".contains($0) }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return false }
            guard isExpression(rest[rest.index(after: open)..<close]) else { return false }
            rest = rest[rest.index(after: close)...]
        }
        return !text.unicodeScalars.contains {
            $0.value < 33 || $0.value == 127 || "\"<>\\^`|".unicodeScalars.contains($0)
        }
    }

    private static func isExpression(_ text: Substring) -> Bool {
        var text = text
        if let first = text.first, "+#./;?&=,!@|".contains(first) { text = text.dropFirst() }
        return text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { variable in
            var name = variable
            if name.hasSuffix("*") { name = name.dropLast() }
            if let colon = name.firstIndex(of: ":") {
                let length = name[name.index(after: colon)...]
                guard (1...4).contains(length.count), length.first != "0", Int(length) != nil else { return false }
                name = name[..<colon]
            }
            return !name.isEmpty && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.contains("..")
                && name.allSatisfy { $0.isLetter || $0.isNumber || "_.%".contains($0) }
        }
    }
}
