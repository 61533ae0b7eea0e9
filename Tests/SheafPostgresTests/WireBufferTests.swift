import SheafPostgres
import Testing

@Suite struct WireBufferTests {
    @Test func keepsWhatWasThereWhenItGrows() {
        let buffer = WireBuffer(capacity: 4)
        var expected: [UInt8] = []
        for size in [1, 3, 0, 7, 200, 5] {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 + expected.count) }
            buffer.append(piece)
            expected += piece
        }
        #expect(Array(buffer.bytes) == expected)
        buffer.removeAll()
        #expect(buffer.isEmpty)
        let place = buffer.room(for: 2)
        place.storeBytes(of: 0x0102, as: UInt16.self)
        #expect(buffer.isEmpty)
        buffer.advance(by: 2)
        #expect(Array(buffer.bytes).sorted() == [1, 2])
    }
}
