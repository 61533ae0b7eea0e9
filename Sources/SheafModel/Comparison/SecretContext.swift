/// Where a walk through a manifest stands, as far as it matters for what is nobody's business.
///
/// Begin with `init(kind:)` and call `entering` for each key on the way; lists do not count.
package struct SecretContext: Sendable, Hashable {
    /// The kind of resource; nil in a text of which nothing is known yet.
    private var kind: ResourceKind?
    /// The innermost key.
    private var key = ""
    /// Whether everything from here on is secret.
    private var isVault = false
    /// Whether the keys are names of environment variables.
    private var isEnvironment = false
    /// Whether this is the value of a variable.
    private var isVariable = false

    /// Begins at the top of a manifest.
    package init(kind: ResourceKind? = nil) { self.kind = kind }

    /// What else a mapping says that tells about a value in it.
    package struct Neighbours: Sendable, Hashable {
        /// The mapping's `kind`: manifests of Kubernetes have `Secret` there.
        var kind: String?
        /// The mapping's `name`, which tells about its `value`.
        var name: String?

        package init(kind: String?, name: String?) {
            self.kind = kind
            self.name = name
        }

        init(_ members: [String: JSONValue]) {
            self.init(kind: members["kind"]?.stringValue, name: members["name"]?.stringValue)
        }
    }

    /// The place below a key.
    ///
    /// - Parameters:
    ///   - key: Of a mapping at this place.
    ///   - neighbours: What else that mapping says.
    /// - Returns: The place of the key's value.
    package func entering(_ key: String, _ neighbours: Neighbours) -> SecretContext {
        var inner = self
        inner.key = key == "value" ? neighbours.name ?? key : key
        inner.isVault = isVault || opensVault(key, neighbours.kind)
        inner.isVariable = isEnvironment
        inner.isEnvironment = ["envs", "env", "environment"].contains(key)
        if let named = ResourceKind(rawValue: key), kind == nil || kind == .bundle { inner.kind = named }
        return inner
    }

    private func opensVault(_ key: String, _ kindText: String?) -> Bool {
        if kindText == "Secret", ["data", "stringData"].contains(key) { return true }
        guard kind == .secret || kind == .instanceSecret || kind == .depot else { return false }
        return ["data", "files"].contains(key)
    }

    /// Whether a scalar at this place must not be shown.
    package func isSecret(_ value: JSONValue) -> Bool {
        if let text = value.stringValue,
            SealedSecret.occurs(in: text) || SecretReference.occurs(in: text)
                || Self.privateKey(in: Array(text.utf8)[...]) != nil
        {
            return true
        }
        if isVault { return value != .null }
        // A number is a port or a limit more often than a password; a variable's value is a text whatever it looks like.
        guard isVariable || value.stringValue != nil else { return false }
        return SensitiveName.isSensitive(key)
    }

    /// What the first line of a private key ends with, of OpenSSL, OpenSSH or PGP; nil where there is none.
    package static func privateKey(in text: ArraySlice<UInt8>) -> Range<Int>? {
        ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"].compactMap { text.firstRange(of: Array($0.utf8)) }
            .min { $0.lowerBound < $1.lowerBound }
    }

    /// The same value, with `•••` for each secret in it, and for the passwords in addresses.
    package func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            let neighbours = Neighbours(members)
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { ($0, entering($0, neighbours).masked($1)) }
                )
            )
        case .array(let elements): return .array(elements.map(masked))
        case .string(let text):
            return .string(isSecret(value) && !text.isEmpty ? SecretText.mask : SensitiveName.withoutPasswords(text))
        default: return isSecret(value) ? .string(SecretText.mask) : value
        }
    }

    /// Adds every text that is secret to a set, so that it can be hidden where it stands a second time.
    package func collectSecrets(of value: JSONValue, into secrets: inout Set<String>) {
        switch value {
        case .object(let members):
            let neighbours = Neighbours(members)
            for (key, member) in members {
                entering(key, neighbours).collectSecrets(of: member, into: &secrets)
            }
        case .array(let elements): for element in elements { collectSecrets(of: element, into: &secrets) }
        default:
            if let text = value.scalarText, isSecret(value) { secrets.insert(text) }
        }
    }
}

/// What names of fields and variables tell about their values.
package enum SensitiveName {
    private static let words = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "privatekey", "credential",
        "connectionstring",
    ]
    /// Addresses that let in whoever knows them.
    private static let wholeNames: Set = ["webhookurl", "dsn"]
    /// What the end of a name says it is instead of a secret.
    private static let harmless = [
        "name", "ref", "reference", "path", "file", "url", "uri", "type", "workspace", "ttl",
    ]

    /// Whether a field or a variable of this name holds a secret.
    package static func isSensitive(_ name: String) -> Bool {
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
        if wholeNames.contains(plain) { return true }
        // `DB_PASS`, `MYSQL_PWD`; but `PWD` alone is a folder.
        let parts = name.lowercased().split { "_-.".contains($0) }
        if let last = parts.last, last == "pass" || (last == "pwd" && parts.count > 1) { return true }
        return words.contains { plain.contains($0) } && !harmless.contains { plain.hasSuffix($0) }
    }

    /// The same text with `•••` for the passwords in addresses such as `postgres://user:password@host`.
    package static func withoutPasswords(_ text: String) -> String {
        var result = text
        for range in passwords(in: Array(text.utf8)).reversed() {
            let bytes = result.utf8
            let start = bytes.index(bytes.startIndex, offsetBy: range.lowerBound)
            let end = bytes.index(bytes.startIndex, offsetBy: range.upperBound)
            result.replaceSubrange(start..<end, with: SecretText.mask)
        }
        return result
    }

    /// Where the passwords of addresses stand in a text, in order; expressions are none.
    package static func passwords(in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        let scheme = Array("://".utf8)
        while let start = text[position...].firstRange(of: scheme)?.upperBound {
            position = start
            let ends: Set<UInt8> = [0x2F, 0x20, 0x22, 0x27, 0x0A, 0x3F, 0x23]
            let authority = start..<(text[start...].firstIndex(where: ends.contains) ?? text.endIndex)
            guard let at = text[authority].lastIndex(of: UInt8(ascii: "@")),
                let colon = text[start..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at,
                !text[(colon + 1)..<at].starts(with: "${".utf8)
            else { continue }
            found.append(colon + 1..<at)
        }
        return found
    }
}
