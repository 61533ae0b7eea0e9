import CLinux
import Glibc
import SheafSystem
import Synchronization

/// A request to stop what is running, that a waiting thread can poll for.
package final class Cancellation: Sendable {
    private let event: Descriptor
    private let isSet = Atomic<Bool>(false)

    /// Opens the event that stands for the request.
    package init() throws {
        let number = sheaf_eventfd()
        guard number >= 0 else { throw SystemError("make an event") }
        event = Descriptor(owning: number)
    }

    /// Becomes readable when the request is made.
    package var descriptor: Int32 { event.number }

    package var isCancelled: Bool { isSet.load(ordering: .acquiring) }

    /// Makes the request.
    package func cancel() {
        isSet.store(true, ordering: .releasing)
        var one: UInt64 = 1
        // It fails only when the counter is full, and then the event is readable already.
        _ = Glibc.write(event.number, &one, MemoryLayout<UInt64>.size)
    }

    /// Forgets a request, before the next piece of work.
    package func reset() {
        var count: UInt64 = 0
        // There is nothing to read when no request was made.
        _ = Glibc.read(event.number, &count, MemoryLayout<UInt64>.size)
        isSet.store(false, ordering: .releasing)
    }

    /// - Throws: The error that PostgreSQL gives a cancelled query.
    package func check() throws {
        if isCancelled {
            throw SteampipeError("steampipe.cancelled", "canceling statement due to user request")
        }
    }
}
