import Glibc

/// Bytes on their way out, in memory that grows and is used again.
package final class WireBuffer {
    /// What may be written or read behind the last byte without harm.
    ///
    /// Short texts are copied in whole words.
    package static let slack = 16

    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    package private(set) var count = 0

    package init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity + Self.slack, alignment: 16)
    }

    package var isEmpty: Bool { count == 0 }

    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Where a number of bytes may be written, and the slack behind them; `advance` makes them count.
    ///
    /// The pointer is good until the next call.
    package func room(for size: Int) -> UnsafeMutableRawPointer {
        if capacity - count < size { grow(to: count + size) }
        return base + count
    }

    /// Takes bytes that were written at the end.
    package func advance(by size: Int) { count += size }

    package func append(_ more: some Collection<UInt8>) {
        let place = UnsafeMutableRawBufferPointer(start: room(for: more.count), count: more.count)
        place.copyBytes(from: more)
        count += more.count
    }

    /// Drops what is there, and keeps the memory.
    package func removeAll() { count = 0 }

    private func grow(to needed: Int) {
        let size = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size + Self.slack, alignment: 16)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
        capacity = size
    }

    deinit { base.deallocate() }
}
