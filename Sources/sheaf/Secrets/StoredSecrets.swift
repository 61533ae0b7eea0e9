import SheafModel
import SheafStore
import Synchronization

/// The secrets that `sheaf secret set` keeps, as a source of values.
///
/// The store is opened when the first secret is asked for that no other source has, and read once: where a secret is
/// checked and where it is sealed it is the same. Looking makes no store.
final class StoredSecrets: SecretSource {
    private let open: @Sendable () throws -> Store?
    private let keys: StoreKeys
    private let read = Mutex<Result<[String: SealedSecret], any Error>?>(nil)

    /// Nothing is opened yet; `open` gives nil where nothing was ever kept.
    init(keys: StoreKeys, open: @escaping @Sendable () throws -> Store?) {
        self.keys = keys
        self.open = open
    }

    private var secrets: Result<[String: SealedSecret], any Error> {
        read.withLock { read in
            if let read { return read }
            let result = Result {
                let secrets = try open()?.secrets() ?? []
                return Dictionary(secrets.map { ($0.name, $0.sealed) }) { first, _ in first }
            }
            read = result
            return result
        }
    }

    var secretNames: [String] {
        // A store that cannot be read has no names to suggest.
        (try? secrets.get()).map { $0.keys.sorted() } ?? []
    }

    func origin(ofSecret name: String) -> String? {
        switch secrets {
        case .success(let secrets): secrets[name] == nil ? nil : "sheaf secret set"
        // Whether it is there is not known; who asks for the value is told why.
        case .failure: "a store that cannot be read"
        }
    }

    func secret(_ name: String) throws -> SecretText? { try secrets.get()[name].map(keys.open) }
}
