import Glibc

/// Hands numbered pieces of work from threads that do them to one that takes the results in order.
///
/// Work is begun only a few pieces ahead of what was taken, which bounds the memory.
final class Handover<Item: Sendable>: @unchecked Sendable {
    // Safe to send: all that changes is read and written only between `pthread_mutex_lock` and `unlock`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let count: Int
    private let width: Int
    private var begun = 0
    private var taken = 0
    private var items: [Int: Item] = [:]
    private var failure: (any Error)?

    /// Makes a line.
    ///
    /// - Parameters:
    ///   - count: How many pieces there are.
    ///   - width: How many may be begun and not taken yet.
    init(count: Int, width: Int) {
        self.count = count
        self.width = width
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Does pieces of work until there are none left or one has failed.
    func work(_ make: (Int) throws -> Item) {
        while let number = begin() {
            do {
                let item = try make(number)
                locked { items[number] = item }
            } catch {
                fail(error)
            }
        }
    }

    /// Takes all results in order.
    ///
    /// - Parameters:
    ///   - make: Does a piece of work here where no other thread has begun it.
    ///   - body: Receives the results.
    /// - Throws: What `make` threw on any thread, and what `body` throws.
    func takeAll(_ make: (Int) throws -> Item, _ body: (Int, Item) throws -> Void) throws {
        do {
            for number in 0..<count {
                try body(number, try take(number) ?? make(number))
                locked { taken += 1 }
            }
        } catch {
            fail(error)
            throw error
        }
    }

    /// The number of a piece that is now this thread's; nil when there is nothing left to do.
    private func begin() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while failure == nil, begun < count, begun >= taken + width { pthread_cond_wait(changed, mutex) }
        guard failure == nil, begun < count else { return nil }
        begun += 1
        return begun - 1
    }

    /// Waits for a result; nil when it is this thread that has to make it.
    private func take(_ number: Int) throws -> Item? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let failure { throw failure }
            if let item = items.removeValue(forKey: number) { return item }
            if begun == number {
                begun += 1
                return nil
            }
            pthread_cond_wait(changed, mutex)
        }
    }

    /// Ends the work, on all threads.
    func fail(_ error: any Error) { locked { failure = failure ?? error } }

    private func locked(_ change: () -> Void) {
        pthread_mutex_lock(mutex)
        change()
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }
}
