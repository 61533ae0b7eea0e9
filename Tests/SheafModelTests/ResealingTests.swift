import SheafModel
import Testing

@Suite struct ResealingTests {
    private let old = SealingKey(), new = SealingKey()

    private func opened(_ text: String, with key: SealingKey) throws -> String {
        try SealedSecret.replace(in: text) { try key.open($0).reveal() }
    }

    @Test func theNewKeyOpensWhatTheOldOneSealed() throws {
        let one = try old.seal(SecretText("hush"), of: "PW"), other = try old.seal(SecretText("or"), of: "T")
        let text = "{\"url\":\"x:\(one.text)@\(other.text)\"}"
        var resealing = Resealing(with: new, opening: [old])
        let resealed = try resealing.reseal(text)
        #expect(try opened(resealed, with: new) == "{\"url\":\"x:hush@or\"}")
        #expect(resealing.count == 2 && resealing.closedNames.isEmpty)
    }

    @Test func equalTextsBecomeEqualTextsAndAgainNothingChanges() throws {
        let text = try old.seal(SecretText("hush"), of: "PW").text
        var one = Resealing(with: new, opening: [old]), other = Resealing(with: new, opening: [old])
        let resealed = try one.reseal(text)
        #expect(try other.reseal(text + " " + text) == resealed + " " + resealed)
        #expect(resealed == (try new.seal(SecretText("hush"), of: "PW").text))
        #expect(try one.reseal(resealed) == resealed)
        #expect(try one.reseal("nothing sealed") == "nothing sealed")
    }

    @Test func whatNoKeyOpensStaysAndIsNamed() throws {
        let lost = try SealingKey().seal(SecretText("hush"), of: "LOST").text
        let sealed = try old.seal(SecretText("hush"), of: "PW")
        let renamed = sealed.text.replacing(":PW›", with: ":OTHER›")
        var resealing = Resealing(with: new, opening: [old])
        #expect(try resealing.reseal(lost + renamed) == lost + renamed)
        #expect(resealing.closedNames == ["LOST", "OTHER"])
        #expect(resealing.count == 0)
    }

    @Test func aSealedTextIsReadAsOneAndNothingElseIs() throws {
        let sealed = try old.seal(SecretText("hush"), of: "PW")
        #expect(SealedSecret(text: sealed.text) == sealed)
        for text in ["", "hush", sealed.text + " ", sealed.text + sealed.text, "x" + sealed.text] {
            #expect(SealedSecret(text: text) == nil)
        }
    }
}
