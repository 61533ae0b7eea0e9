import FoundationEssentials
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Secrets that are kept, and the exchange of what sealed them.
@Suite struct StoredSecretTests {
    private let scratch: ScratchDirectory
    private let store: Store
    private let old = SealingKey(), new = SealingKey()
    private let then = Date(timeIntervalSince1970: 1_700_000_000)

    init() throws {
        scratch = try ScratchDirectory("secrets")
        store = try Store.open(home: scratch.path)
    }

    private func sealed(_ value: String, of name: String) throws -> SealedSecret {
        try old.seal(SecretText(value), of: name)
    }

    @Test func aSecretComesBackWithWhoAndWhen() throws {
        #expect(try store.setSecret(sealed("hush", of: "B"), by: "ann", at: then) == .created)
        #expect(try store.setSecret(sealed("hush", of: "A"), by: "bob", at: then) == .created)
        let secrets = try store.secrets()
        #expect(secrets.map(\.name) == ["A", "B"] && secrets.map(\.author) == ["bob", "ann"])
        #expect(secrets.allSatisfy { $0.setAt == then })
        #expect(try old.open(secrets[1].sealed).reveal() == "hush")
    }

    @Test func theSameValueAgainChangesNothing() throws {
        try store.setSecret(sealed("hush", of: "A"), by: "ann", at: then)
        #expect(try store.setSecret(sealed("hush", of: "A"), by: "bob", at: Date.now) == .unchanged)
        #expect(try store.secrets().map(\.author) == ["ann"])
        #expect(try store.setSecret(sealed("other", of: "A"), by: "bob", at: Date.now) == .changed)
        #expect(try store.secrets().map(\.author) == ["bob"])
    }

    @Test func deletingAnUnknownSecretGuesses() throws {
        try store.setSecret(sealed("hush", of: "PASSWORD"), by: "ann", at: then)
        let error = #expect(throws: StoreError.self) { try store.deleteSecret("PASWORD") }
        #expect(error?.code == "store.unknown-secret" && error?.hint == "did you mean 'PASSWORD'?")
        try store.deleteSecret("PASSWORD")
        #expect(try store.secrets().isEmpty)
        #expect(throws: StoreError.self) { try store.deleteSecret("PASSWORD") }
    }

    // MARK: Sealing anew

    private func resource(_ value: String) throws -> ResolvedResource {
        ResolvedResource(
            id: ResourceID(kind: .secret, workspace: "public", name: "s"),
            item: "s",
            manifest: .object(["secret": .object(["T": .string(try sealed(value, of: "T").text)])])
        )
    }

    private func revision(_ number: Int, _ resolved: Digest?) -> Revision {
        Revision(
            bundle: "shop",
            number: number,
            operation: .apply,
            state: .pending,
            resolved: resolved,
            author: "ann",
            startedAt: then
        )
    }

    private func commit(_ number: Int, _ value: String, resolved: Digest) throws {
        let instance = ResourceInstance(resource: try resource(value), generation: number)
        let step = Step(change: Change(action: .create, resource: instance.resource.id), after: instance)
        let transaction = try store.begin(revision(number, resolved), steps: [step], kept: [], workspaces: [])
        try store.commit(transaction, at: then)
        try store.close(transaction)
    }

    @Test func everythingThatIsSealedIsExchangedAtOnce() throws {
        let one = Digest(of: [1]), two = Digest(of: [2]), three = Digest(of: [3])
        try commit(1, "first", resolved: one)
        try commit(2, "second", resolved: two)
        try store.setSecret(sealed("hush", of: "A"), by: "ann", at: then)
        var resealing = Resealing(with: new, opening: [old])
        // One digest becomes another that is replaced too: each revision gets its own.
        try store.reseal(resolved: [one: two, two: three], with: new.id, by: "tester") { try resealing.reseal($0) }
        #expect(try store.sealingKeyID() == new.id)
        #expect(try store.revision(1, of: "shop")?.resolved == two)
        #expect(try store.revision(2, of: "shop")?.resolved == three)
        #expect(try store.verifyHistory().problems == [])
        #expect(try new.open(#require(try store.secrets().first?.sealed)).reveal() == "hush")
        let live = try #require(try store.inventory(of: "shop").first)
        let text = try #require(live.resource.section["T"]?.stringValue)
        #expect(try SealedSecret.replace(in: text) { try new.open($0).reveal() } == "second")
        #expect(throws: StoreError.self) { try store.requireCurrent(revision(1, one)) }
        try store.requireCurrent(revision(1, two))
    }

    @Test func nothingIsExchangedWhileATransactionIsOpenOrARevisionIsNew() throws {
        let one = Digest(of: [1])
        try store.setSecret(sealed("hush", of: "A"), by: "ann", at: then)
        let before = try store.secrets()
        var resealing = Resealing(with: new, opening: [old])
        let open = try store.begin(revision(1, one), steps: [], kept: [], workspaces: [])
        let busy = #expect(throws: StoreError.self) {
            try store.reseal(resolved: [one: one], with: new.id, by: "tester") { try resealing.reseal($0) }
        }
        #expect(busy?.failureClass == .busy)
        try store.commit(open, at: then)
        try store.close(open)
        #expect(throws: StoreError.self) {
            try store.reseal(resolved: [:], with: new.id, by: "tester") { try resealing.reseal($0) }
        }
        #expect(try store.secrets() == before && store.sealingKeyID() == nil)
        try store.reseal(resolved: [one: one], with: new.id, by: "tester") { try resealing.reseal($0) }
        #expect(try store.secrets() != before)
    }
}
