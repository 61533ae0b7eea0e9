import Glibc

/// Passes items from one thread to another, in order and with bounded memory.
final class BoundedQueue<Item: Sendable>: @unchecked Sendable {
    // Safe to send: all that changes is read and written only between `pthread_mutex_lock` and `unlock`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let most: Int
    private var items: [Item] = []
    private var waiting = 0
    private var hasEnded = false
    private var isGivenUp = false

    /// Makes an empty queue.
    ///
    /// - Parameter most: How many bytes may wait; one item may always.
    init(most: Int) {
        self.most = most
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Adds an item, once there is room for it.
    ///
    /// - Parameters:
    ///   - item: Follows those before.
    ///   - size: What it holds in memory, in bytes, about.
    /// - Returns: False when nobody takes items any more.
    func put(_ item: Item, size: Int) -> Bool {
        locked {
            while !isGivenUp, waiting > 0, waiting + size > most { pthread_cond_wait(changed, mutex) }
            guard !isGivenUp else { return false }
            items.append(item)
            waiting += size
            if isWorthTaking { pthread_cond_broadcast(changed) }
            return true
        }
    }

    /// Says that no more items come.
    func end() {
        locked {
            hasEnded = true
            pthread_cond_broadcast(changed)
        }
    }

    /// Takes all that wait, once that is a good part of the most, or the last.
    ///
    /// - Returns: Nothing at the end.
    func takeAll() -> [Item] {
        locked {
            while !hasEnded, !isWorthTaking { pthread_cond_wait(changed, mutex) }
            defer {
                items = []
                waiting = 0
                pthread_cond_broadcast(changed)
            }
            return items
        }
    }

    /// Says that nobody takes items any more.
    func giveUp() {
        locked {
            isGivenUp = true
            pthread_cond_broadcast(changed)
        }
    }

    /// Waking a thread for each item costs more than most items.
    private var isWorthTaking: Bool { waiting > most / 8 }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
