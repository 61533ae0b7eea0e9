package import SheafArchive
import SheafManifest
package import SheafModel

/// The content of `$SHEAF_HOME/trust.yaml`: keys by name, and rules that say which bundles they may sign.
package struct TrustFile {
    /// The file's name in Sheaf's home.
    static let name = "trust.yaml"

    private var reader = SettingsReader(prefix: "trust")
    private var signers: [String: TrustPolicy.Signer] = [:]

    /// Parses a trust file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - file: How the file is shown.
    /// - Returns: nil for the policy when something is wrong, which the findings say with its place.
    package static func parse(_ bytes: [UInt8], file: String) -> (policy: TrustPolicy?, findings: [Diagnostic]) {
        var parser = TrustFile()
        let policy = parser.policy(bytes, file: file)
        return (parser.reader.findings.hasErrors ? nil : policy, parser.reader.findings.inFileOrder)
    }

    private mutating func policy(_ bytes: [UInt8], file: String) -> TrustPolicy? {
        guard let root = reader.document(bytes, file: file) else {
            if !reader.findings.hasErrors {
                reader.report("empty", "'\(file)' is empty", at: nil, help: "it needs 'keys' and 'rules'")
            }
            return nil
        }
        guard reader.entries(root, of: "the trust file", keys: ["keys", "rules", "seal"]) != nil else { return nil }
        if let seal = root.entry("seal") { check(seal, of: bytes) }
        guard let keys = required("keys", in: root, of: "the trust file") else { return nil }
        for entry in reader.entries(keys.value, of: "'keys'") ?? [] { addKey(entry) }
        guard let rules = required("rules", in: root, of: "the trust file") else { return nil }
        guard let elements = rules.value.elements, !elements.isEmpty else {
            reader.report(
                "wrong-type",
                "'rules' must be a list of rules, and is \(rules.value.kindInWords)",
                at: rules.valueSpan,
                help: "begin each rule with '- bundles: …'"
            )
            return nil
        }
        return TrustPolicy(rules: elements.enumerated().compactMap { rule($1, number: $0 + 1) })
    }

    private mutating func required(_ key: String, in node: ManifestNode, of title: String) -> ManifestNode.Entry? {
        if let entry = node.entry(key), !entry.value.isNull { return entry }
        reader.report("missing-key", "\(title) has no '\(key)'", at: node.entry(key)?.keySpan ?? node.span)
        return nil
    }

    // MARK: Keys

    private mutating func addKey(_ entry: ManifestNode.Entry) {
        guard let line = reader.text(entry.value, of: "the key '\(entry.key)'") else { return }
        do {
            let key = try VerificationKey(line: line)
            if let other = signers.values.first(where: { $0.key == key }) {
                reader.report(
                    "duplicate-key",
                    "'\(entry.key)' has the key of '\(other.name)': one key must not count for two",
                    at: entry.value.span
                )
            }
            signers[entry.key] = TrustPolicy.Signer(name: entry.key, key: key)
        } catch {
            // Every error of a key has a remedy that fits here too.
            let known = error as? ArchiveError
            reader.report(
                "invalid-key",
                "'\(entry.key)': \(known?.message ?? "\(error)")",
                at: entry.valueSpan,
                help: known?.hint
            )
        }
    }

    // MARK: Rules

    private mutating func rule(_ node: ManifestNode, number: Int) -> TrustPolicy.Rule? {
        let title = "rule \(number)"
        guard reader.entries(node, of: title, keys: ["bundles", "keys", "threshold"]) != nil else { return nil }
        let bundles = required("bundles", in: node, of: title).map { names($0.value, of: title) } ?? []
        let keys = required("keys", in: node, of: title)
        let signers = keys.map { self.signers(in: $0.value, of: title) } ?? []
        var threshold = 1
        if let entry = node.entry("threshold"), let value = reader.number(entry.value, of: "'threshold' of \(title)") {
            threshold = value
            check(threshold, of: title, among: keys?.value.elements?.count ?? 1, at: entry.valueSpan)
        }
        return TrustPolicy.Rule(title: title, bundles: bundles, signers: signers, threshold: threshold)
    }

    private mutating func names(_ node: ManifestNode, of title: String) -> [String] {
        reader.texts(node, of: "'bundles' of \(title)").map { name, span in
            let isPattern = name.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*")].contains(byte)
            }
            if !isPattern {
                reader.report(
                    "invalid-pattern",
                    "'\(name)' is no name of a bundle",
                    at: span,
                    help: "write a name, or a part of one with '*' for any text, such as shop-*"
                )
            }
            return name
        }
    }

    private mutating func signers(in node: ManifestNode, of title: String) -> [TrustPolicy.Signer] {
        var seen: Set<String> = []
        return reader.texts(node, of: "'keys' of \(title)").compactMap { name, span in
            guard seen.insert(name).inserted else {
                reader.report("duplicate-signer", "\(title) names '\(name)' twice", at: span)
                return nil
            }
            // A key that cannot be read was told where it stands.
            if let signer = signers[name] { return signer }
            reader.report(
                "unknown-signer",
                "\(title) names '\(name)', which has no key that can be used",
                at: span,
                help: Suggestion.help(for: name, among: signers.keys.sorted())
                    ?? "add it to 'keys': \(name): ssh-ed25519 AAAA…"
            )
            return nil
        }
    }

    private mutating func check(_ threshold: Int, of title: String, among count: Int, at span: SourceSpan) {
        guard threshold < 1 || threshold > count else { return }
        reader.report(
            "invalid-threshold",
            threshold < 1
                ? "the threshold of \(title) is \(threshold), so that nobody would have to sign"
                : "the threshold of \(title) is \(threshold), and it has \(count) \(count == 1 ? "key" : "keys")",
            at: span,
            help: "choose a number from 1 to the number of keys"
        )
    }

    // MARK: The seal

    /// Checks the digest that the file may end with, over everything before its line.
    private mutating func check(_ seal: ManifestNode.Entry, of bytes: [UInt8]) {
        let help = "if the change is yours, remove the line and seal the file again (docs/signing.md)"
        guard let digest = seal.value.text.flatMap(Digest.init), seal.value.text?.hasPrefix("sha256:") == true else {
            reader.report("broken-seal", "'seal' is no SHA-256 digest", at: seal.valueSpan, help: help)
            return
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let before = lines.prefix(seal.keySpan.line - 1)
        guard lines.dropFirst(before.count + 1).allSatisfy(\.isEmpty),
            lines[before.count].elementsEqual("seal: \(digest)".utf8)
        else {
            reader.report("broken-seal", "'seal' is not the last line, alone and at its beginning", at: seal.keySpan)
            return
        }
        guard Digest(of: before.flatMap { $0 + [UInt8(ascii: "\n")] }) == digest else {
            reader.report("broken-seal", "the file is not as it was sealed", at: seal.keySpan, help: help)
            return
        }
    }
}
