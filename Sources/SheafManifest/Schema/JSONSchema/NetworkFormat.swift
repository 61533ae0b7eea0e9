/// Addresses of hosts and of people.
enum NetworkFormat {
    static func isIPv4(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else { return false }
                guard part.count == 1 || part.first != 48 else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 48) } < 256
            }
    }

    static func isIPv6(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 < 128 }) else { return false }
        var halves: [Substring] = [Substring(text)]
        if let gap = text.firstRange(of: "::") {
            halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
            if halves[1].contains("::") || halves[1].hasPrefix(":") { return false }
        }
        var count = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, group) in groups.enumerated() {
                let isLast = index == halves.count - 1 && place == groups.count - 1
                if isLast, group.contains(".") {
                    guard isIPv4(String(group)) else { return false }
                    count += 2
                    continue
                }
                guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal) else { return false }
                count += 1
            }
        }
        return halves.count == 2 ? count <= 7 : count == 8
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte | 0x20)
    }

    static func isHost(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let hyphen = UInt8(ascii: "-")
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else { return false }
            return label.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == hyphen }
        }
    }

    static func isEmail(_ text: String, allowsUnicode: Bool) -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = String(text[text.index(after: at)...])
        guard !local.isEmpty, isLocal(local, allowsUnicode) else { return false }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            let address = String(domain.dropFirst().dropLast())
            return address.hasPrefix("IPv6:") ? isIPv6(String(address.dropFirst(5))) : isIPv4(address)
        }
        if allowsUnicode, !domain.utf8.allSatisfy({ $0 < 128 }) { return !domain.contains(" ") }
        return isHost(domain)
    }

    private static func isLocal(_ text: Substring, _ allowsUnicode: Bool) -> Bool {
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 2 {
            return !text.dropFirst().dropLast().contains("\"")
        }
        guard !text.hasPrefix("."), !text.hasSuffix("."), !text.contains("..") else { return false }
        return text.utf8.allSatisfy { byte in
            if byte >= 128 { return allowsUnicode }
            return (48...57).contains(byte) || (97...122).contains(byte | 0x20)
                || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
