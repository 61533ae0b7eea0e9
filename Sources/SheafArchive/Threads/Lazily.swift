import Synchronization

/// A value that is made once, when the first thread asks for it; others wait.
final class Lazily<Value: Sendable>: Sendable {
    private let make: @Sendable () throws -> Value
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    /// Makes the value, or keeps the error for whoever asks.
    func begin() {
        result.withLock { result in
            guard result == nil else { return }
            result = Result { try make() }
        }
    }

    /// Whether the value could be made; makes it.
    var succeeds: Bool {
        begin()
        return result.withLock { if case .success = $0 { true } else { false } }
    }

    /// The value.
    var value: Value {
        get throws {
            begin()
            guard let result = result.withLock({ $0 }) else { return try make() }
            return try result.get()
        }
    }
}
