import FoundationEssentials
import SheafArchive
import SheafModel
import Testing
import sheaf

@Suite struct TrustFileTests {
    private static let keys = (0..<3).map { number in
        let wire: [UInt8] = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]
        return "ssh-ed25519 \(Data(wire + [UInt8](repeating: UInt8(number + 1), count: 32)).base64EncodedString())"
    }

    private static let good = """
        # Who may release what.
        keys:
          ann: \(keys[0]) ann@example.org
          bob: \(keys[1])
          "c i": \(keys[2])
        rules:
          - bundles: shop
            keys: c i
          - bundles: [shop-*, "*"]
            keys: [ann, bob]
            threshold: 2

        """

    private func parse(_ text: String) -> (policy: TrustPolicy?, findings: [Diagnostic]) {
        TrustFile.parse(Array(text.utf8), file: "trust.yaml")
    }

    @Test func readsKeysAndRules() throws {
        let (policy, findings) = parse(Self.good)
        #expect(findings.isEmpty)
        let rules = try #require(policy).rules
        #expect(rules.map(\.title) == ["rule 1", "rule 2"])
        #expect(rules.map(\.bundles) == [["shop"], ["shop-*", "*"]])
        #expect(rules.map { $0.signers.map(\.name) } == [["c i"], ["ann", "bob"]])
        #expect(rules.map(\.threshold) == [1, 2])
    }

    struct Mistake: Sendable {
        var old: String
        var new: String
        var code: String
        var line: Int

        init(_ old: String, _ new: String, _ code: String, _ line: Int) {
            (self.old, self.new, self.code, self.line) = (old, new, code, line)
        }
    }

    @Test(arguments: [
        Mistake("keys:\n  ann", "kyes:\n  ann", "trust.unknown-key", 2),
        Mistake("threshold: 2", "treshold: 2", "trust.unknown-key", 11),
        Mistake("threshold: 2", "threshold: 3", "trust.invalid-threshold", 11),
        Mistake("threshold: 2", "threshold: 0", "trust.invalid-threshold", 11),
        Mistake("threshold: 2", "threshold: two", "trust.wrong-type", 11),
        Mistake("threshold: 2", "threshold: \"2\"", "trust.wrong-type", 11),
        Mistake("[ann, bob]", "[ann, bill]", "trust.unknown-signer", 10),
        Mistake("[ann, bob]", "[ann, ann]", "trust.duplicate-signer", 10),
        Mistake("[ann, bob]", "[]", "trust.empty-list", 10),
        Mistake("shop-*, ", "shop ?, ", "trust.invalid-pattern", 9),
        Mistake("bundles: shop\n", "bundles:\n", "trust.missing-key", 7),
        Mistake("  bob: ssh-ed25519 ", "  bob: ssh-rsa ", "trust.invalid-key", 4),
        Mistake("rules:\n", "rules: none\nx:\n", "trust.unknown-key", 7),
        Mistake("  ann: ", "  ann: [1]\n  x: ", "trust.wrong-type", 3),
        Mistake("  ann: ", "\tann: ", "trust.tab", 3),
        Mistake("  bob: ", "  ann: ", "trust.duplicate-key", 4),
        Mistake("rules:\n", "---\nrules:\n", "trust.several-documents", 7),
    ])
    func saysWhatIsWrongAndWhere(mistake: Mistake) throws {
        let text = Self.good.replacing(mistake.old, with: mistake.new)
        try #require(text != Self.good)
        let (policy, findings) = parse(text)
        #expect(policy == nil)
        let found = findings.first { $0.code == mistake.code }
        #expect(found?.span?.line == mistake.line, "\(findings)")
    }

    @Test(arguments: ["", "# nothing\n", "keys: {}\n", "rules: []\nkeys: {}\n", "- a\n"])
    func aFileWithoutRulesIsRefused(text: String) {
        let (policy, findings) = parse(text)
        #expect(policy == nil && !findings.isEmpty)
    }

    @Test func oneKeyDoesNotCountForTwo() {
        let (policy, findings) = parse(Self.good.replacing(Self.keys[1], with: Self.keys[0]))
        #expect(policy == nil)
        #expect(findings.map(\.code) == ["trust.duplicate-key"])
    }

    @Test func everyFlippedBitOfASealedFileIsCaught() throws {
        let sealed = Array((Self.good + "seal: \(Digest(of: Array(Self.good.utf8)))\n").utf8)
        #expect(TrustFile.parse(sealed, file: "t").policy == parse(Self.good).policy)
        for bit in 0..<sealed.count * 8 {
            var damaged = sealed
            damaged[bit / 8] ^= 1 << (bit % 8)
            let (policy, findings) = TrustFile.parse(damaged, file: "t")
            #expect(policy == nil && findings.hasErrors, "bit \(bit)")
        }
    }

    @Test(arguments: ["sha256:00", "\"\"", "[]", "other"])
    func aSealMustBeADigest(seal: String) {
        let (policy, findings) = parse(Self.good + "seal: \(seal)\n")
        #expect(policy == nil)
        #expect(findings.map(\.code) == ["trust.broken-seal"])
    }

    @Test func nothingStandsBehindASeal() {
        let digest = Digest(of: Array(Self.good.utf8))
        for text in ["seal: \(digest)\n# more\n", "seal: \(digest) # more\n", "\"seal\": \(digest)\n"] {
            #expect(parse(Self.good + text).policy == nil, "\(text)")
        }
        #expect(parse("seal: \(digest)\n" + Self.good).policy == nil)
    }

    @Test func theConfigurationIsReadStrictly() {
        func requires(_ text: String) -> Bool? {
            Configuration.parse(Array(text.utf8), file: "config.yaml").configuration?.requiresSignature
        }
        #expect(requires("requireSignature: true\n") == true)
        #expect(requires("requireSignature: false\n") == false)
        #expect(requires("# empty\n") == false)
        #expect(requires("") == false)
        #expect(requires("requireSignature: yes\n") == nil)
        #expect(requires("requireSignature:\n") == nil)
        #expect(requires("requireSignatures: true\n") == nil)
        #expect(requires("requireSignature: true\nrequireSignature: false\n") == nil)
    }
}
