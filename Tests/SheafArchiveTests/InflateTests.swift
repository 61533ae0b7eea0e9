import CInflate
import Testing

/// The decoder of zlib streams, held against programs that make them.
@Suite struct InflateTests {
    private func inflate(_ stream: [UInt8], size: Int) -> [UInt8]? {
        let tables = UnsafeMutablePointer<sheaf_inflater>.allocate(capacity: 1)
        defer { tables.deallocate() }
        let input = stream + [UInt8](repeating: 0xa5, count: Int(SHEAF_INFLATE_INPUT_SLACK))
        var output = [UInt8](repeating: 0, count: size + Int(SHEAF_INFLATE_OUTPUT_SLACK))
        guard sheaf_inflate(tables, input, stream.count, &output, size) else { return nil }
        return Array(output.prefix(size))
    }

    /// Streams by python's zlib: each line a size, a level, a strategy and the hex digits of the stream.
    private static let script = """
        import random, sys, zlib
        source = random.Random(5)
        for number in range(400):
            size = source.choice([0, 1, 2, 7, 100, 3000, 40000])
            kind = number % 4
            if kind == 0: data = source.randbytes(size)
            elif kind == 1: data = bytes([number % 256]) * size
            elif kind == 2: data = bytes(source.choices(b'abcdefgh \\n', weights=[9, 5, 3, 2, 2, 1, 1, 1, 6, 1], k=size))
            else: data = (b'select %d from t;' % number * (size // 10 + 1))[:size]
            packer = zlib.compressobj(source.randrange(10), zlib.DEFLATED, 15, source.randrange(1, 10), number % 5)
            stream = packer.compress(data) + packer.flush()
            print(zlib.crc32(data), size, stream.hex())
        """

    private struct Stream {
        let sum: UInt32, size: Int, bytes: [UInt8]
    }

    private func streams() async throws -> [Stream] {
        let scratch = try Scratch()
        let text = try await Commands.run("python3", ["-c", Self.script], in: scratch.path)
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            let digits = Array(words[2].utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
            let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
            guard let sum = UInt32(words[0]), let size = Int(words[1]) else { return nil }
            return Stream(sum: sum, size: size, bytes: bytes)
        }
    }

    @Test func readsWhatZlibWrites() async throws {
        let streams = try await streams()
        try #require(streams.count == 400)
        for stream in streams {
            let content = try #require(inflate(stream.bytes, size: stream.size), "\(stream.size) bytes")
            #expect(Self.sum(of: content) == stream.sum)
            // Another size than that of the content is refused.
            #expect(inflate(stream.bytes, size: stream.size + 1) == nil)
            #expect(stream.size == 0 || inflate(stream.bytes, size: stream.size - 1) == nil)
        }
    }

    @Test func damagedStreamsEndWithinTheirMemory() async throws {
        var source = SystemRandomNumberGenerator()
        for stream in try await streams() {
            for _ in 0..<4 {
                var bytes = stream.bytes
                for _ in 0..<Int.random(in: 1...4, using: &source) {
                    bytes[Int.random(in: 0..<bytes.count, using: &source)] ^=
                        1 << UInt8.random(in: 0..<8, using: &source)
                }
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &source) / 8)
                _ = inflate(bytes, size: stream.size)
            }
            #expect(inflate(Array(stream.bytes.prefix(stream.bytes.count / 2)), size: max(stream.size, 1)) == nil)
        }
    }

    /// CRC-32, as python gives it.
    private static func sum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }
}
