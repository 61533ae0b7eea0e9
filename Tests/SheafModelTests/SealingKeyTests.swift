import SheafModel
import Testing

@Suite struct SealingKeyTests {
    private let key = SealingKey()
    private let secret = SecretText("hush-hush")

    private func opened(_ text: String, with key: SealingKey) throws -> String {
        try SealedSecret.replace(in: text) { try key.open($0).reveal() }
    }

    @Test func whatIsSealedOpensAgainInItsText() throws {
        let text = "u:\(try key.seal(secret, of: "PW").text)@h \(try key.seal(SecretText("zwei"), of: "B").text)"
        #expect(SealedSecret.occurs(in: text))
        #expect(!text.contains("hush"))
        #expect(try opened(text, with: key) == "u:hush-hush@h zwei")
    }

    @Test func equalSecretsGiveEqualTextsAndDifferentOnesDoNot() throws {
        let sealed = try key.seal(secret, of: "PW")
        #expect(try key.seal(secret, of: "PW") == sealed)
        #expect(try key.seal(SecretText("hush-husH"), of: "PW").text != sealed.text)
        #expect(try key.seal(secret, of: "PX").box != sealed.box)
        #expect(try SealingKey().seal(secret, of: "PW").box != sealed.box)
    }

    @Test func anotherKeyOpensNothing() throws {
        let text = try key.seal(secret, of: "PW").text
        #expect(throws: SealingKey.Refusal.otherKey) { try opened(text, with: SealingKey()) }
    }

    @Test func whatWasChangedStaysClosed() throws {
        let text = try key.seal(secret, of: "PW").text
        let renamed = text.replacing(":PW", with: ":PX")
        #expect(throws: SealingKey.Refusal.damaged) { try opened(renamed, with: key) }
        let digit = try #require(text.dropLast(8).last)
        let changed = text.dropLast(9) + (digit == "0" ? "1" : "0") + text.suffix(8)
        #expect(throws: SealingKey.Refusal.damaged) { try opened(String(changed), with: key) }
    }

    @Test func whatOnlyLooksSealedStays() throws {
        let text = "\u{2063}‹sealed.v9:x›\u{2063} ‹sealed.v1:a:b:c›"
        #expect(try opened(text, with: key) == text)
    }

    @Test func aSecretNeverPrints() {
        #expect("\(secret) \(String(reflecting: secret))" == "••• •••")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hush"))
    }

    @Test(arguments: ["", "a b", "a›", "ä", "a/b"])
    func aNameThatCouldEndAReferenceIsNone(_ name: String) { #expect(SecretReference(name: name) == nil) }
}
