import FoundationEssentials
import Glibc
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

    @Test func aNamedFileIsMadeButNotItsFolder() throws {
        let missing = StoreKeys(home: scratch.path("home"), file: scratch.path("mount/store.key"))
        let error = #expect(throws: StoreError.self) { try missing.sealingKey() }
        #expect(error?.kind == .keyUnusable && error?.hint?.contains("SHEAF_KEY_FILE") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("mount")))
        let named = StoreKeys(home: scratch.path("home"), file: scratch.path("own.key"))
        let key = try named.sealingKey()
        #expect(try named.existingSealingKey()?.bytes == key.bytes)
        let attributes = try FileManager.default.attributesOfItem(atPath: named.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func aNameThatIsMistypedMakesNoSecondKey() throws {
        _ = try keys.sealingKey()
        let mistyped = StoreKeys(home: scratch.path("home"), file: scratch.path("mistyped.key"))
        let error = #expect(throws: StoreError.self) { try mistyped.sealingKey() }
        #expect(error?.message.contains(keys.path) == true)
        #expect(!FileManager.default.fileExists(atPath: mistyped.path))
    }

    @Test(.enabled(if: geteuid() == 0)) func aKeyOfAnotherUserIsRefused() throws {
        _ = try keys.sealingKey()
        #expect(chown(keys.path, 12_345, 12_345) == 0)
        let error = #expect(throws: StoreError.self) { try keys.sealingKey() }
        #expect(error?.message.contains("another user") == true)
    }

    @Test func anExchangeKeepsBothKeysUntilItsEnd() throws {
        #expect(try keys.beginExchange() == nil)
        let old = try keys.sealingKey()
        let sealed = try old.seal(SecretText("hush"), of: "PW")
        let exchange = try #require(try keys.beginExchange())
        #expect(!exchange.isContinued && exchange.older.map(\.id) == [old.id])
        #expect(try keys.sealingKey().id == old.id, "as long as the records do not name the next key")
        #expect(try keys.open(sealed).reveal() == "hush")
        try keys.requireSealing(with: old.id)
        let store = try Store.open(home: scratch.path("home"))
        try store.reseal(resolved: [:], with: exchange.key.id, by: "tester") { $0 }
        #expect(try keys.sealingKey().id == exchange.key.id)
        #expect(try keys.open(sealed).reveal() == "hush")
        let refused = #expect(throws: StoreError.self) { try keys.requireSealing(with: old.id) }
        #expect(refused?.failureClass == .busy)

        let again = try #require(try keys.beginExchange())
        #expect(again.isContinued && again.key.id == exchange.key.id && again.older.map(\.id) == [old.id])

        try keys.endExchange(again)
        #expect(try keys.sealingKey().id == exchange.key.id)
        #expect(throws: StoreError.self) { try keys.open(sealed) }
        let attributes = try FileManager.default.attributesOfItem(atPath: keys.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func anExchangeReplacesTheFileBehindALinkAndKeepsComments() throws {
        let real = scratch.path("real.key"), link = scratch.path("link.key")
        let key = try StoreKeys(home: scratch.path("home"), file: real).sealingKey()
        let text = try String(contentsOf: URL(filePath: real), encoding: .utf8)
        try Data("# of the shop\n\(text)".utf8).write(to: URL(filePath: real))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        let linked = StoreKeys(home: scratch.path("home"), file: link)
        let exchange = try #require(try linked.beginExchange())
        try linked.endExchange(exchange)
        let after = try String(contentsOf: URL(filePath: real), encoding: .utf8)
        #expect(after.hasPrefix("# of the shop\n") && after.split(separator: "\n").count == 3)
        #expect(after.hasSuffix(text), "another home may still need the old key")
        #expect(try linked.sealingKey().id == exchange.key.id)
        #expect(exchange.key.id != key.id)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)
    }
}
