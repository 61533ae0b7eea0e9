import SheafSteampipe
import Testing

@Suite struct Utf8CheckTests {
    @Test func agreesWithSwift() {
        let pieces: [[UInt8]] = [
            [0x61], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80], [0xed, 0x9f, 0xbf],
            [0xf4, 0x8f, 0xbf, 0xbf],
            [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf8], [0xe2, 0x82], [0xf0, 0x9f, 0x98],
        ]
        for first in pieces {
            for second in pieces {
                let bytes = first + second + [0x62]
                let isText = String(validating: bytes, as: UTF8.self) != nil
                #expect(bytes.withUnsafeBytes { Utf8Check.kind(of: $0) } == (isText ? .clean : .broken), "\(bytes)")
                #expect((bytes + [0]).withUnsafeBytes { Utf8Check.kind(of: $0) } == .zero)
            }
        }
    }
}
