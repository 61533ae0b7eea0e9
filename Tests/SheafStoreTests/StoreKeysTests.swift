import FoundationEssentials
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

@Suite struct StoreKeysTests {
    private let scratch: ScratchDirectory
    private let keys: StoreKeys

    init() throws {
        scratch = try ScratchDirectory("keys")
        keys = StoreKeys(home: scratch.path("home"))
    }

    @Test func theKeyIsMadeOnceAndForItsOwnerOnly() throws {
        #expect(try keys.existingSealingKey() == nil)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("home")))
        let key = try keys.sealingKey()
        #expect(try keys.sealingKey().bytes == key.bytes)
        #expect(try keys.existingSealingKey()?.bytes == key.bytes)
        let attributes = try FileManager.default.attributesOfItem(atPath: keys.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let folder = try FileManager.default.attributesOfItem(atPath: scratch.path("home/keys"))
        #expect(folder[.posixPermissions] as? Int == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("home/keys")) == ["store.key"])
    }

    @Test func whatWasSealedOpensAgain() throws {
        let sealed = try keys.sealingKey().seal(SecretText("hush"), of: "PW")
        #expect(try keys.open(sealed).reveal() == "hush")
        let other = try SealingKey().seal(SecretText("hush"), of: "PW")
        let error = #expect(throws: StoreError.self) { try keys.open(other) }
        #expect(error?.kind == .keyUnusable)
        #expect(error?.message.contains("'PW'") == true)
    }

    @Test func anOlderKeyBelowANewOneStillOpens() throws {
        let sealed = try keys.sealingKey().seal(SecretText("hush"), of: "PW")
        let old = try String(contentsOf: URL(filePath: keys.path), encoding: .utf8)
        try FileManager.default.removeItem(atPath: keys.path)
        let newer = try keys.sealingKey()
        let both = try String(contentsOf: URL(filePath: keys.path), encoding: .utf8) + old
        try Data(both.utf8).write(to: URL(filePath: keys.path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys.path)
        #expect(try keys.sealingKey().bytes == newer.bytes)
        #expect(try keys.open(sealed).reveal() == "hush")
    }

    @Test func aKeyThatOthersCanReadIsRefused() throws {
        _ = try keys.sealingKey()
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: keys.path)
        let error = #expect(throws: StoreError.self) { try keys.sealingKey() }
        #expect(error?.hint?.hasPrefix("chmod 600") == true)
    }

    @Test(arguments: ["", "something else\n", "sheaf-store-key v1 00\n"])
    func aDamagedKeyIsNeverReplaced(_ text: String) throws {
        _ = try keys.sealingKey()
        try Data(text.utf8).write(to: URL(filePath: keys.path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys.path)
        let error = #expect(throws: StoreError.self) { try keys.sealingKey() }
        #expect(error?.kind == .keyUnusable)
        #expect(try String(contentsOf: URL(filePath: keys.path), encoding: .utf8) == text)
    }
}
