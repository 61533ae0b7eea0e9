/// What the first bytes of a zstd frame ask for, by RFC 8878.
struct ZstdFrameHeader {
    /// How many bytes tell.
    static let size = 5
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// Of the frame's content.
    let hasChecksum: Bool
    let needsDictionary: Bool

    /// What begins at a place in a file.
    enum Beginning {
        case frame(ZstdFrameHeader)
        /// A frame that decoders pass over in silence: it could hold anything.
        case skippable
        /// The file ends within the header.
        case cut
        case other
    }

    /// Looks at the first bytes of something.
    ///
    /// - Parameter bytes: `size` of them, fewer only at the end of the file.
    /// - Returns: What they begin.
    static func beginning(_ bytes: [UInt8]) -> Beginning {
        if bytes.count == size, bytes.starts(with: magic) {
            let descriptor = bytes[4]
            return .frame(
                ZstdFrameHeader(hasChecksum: descriptor & 0b100 != 0, needsDictionary: descriptor & 0b11 != 0)
            )
        }
        if magic.starts(with: bytes.prefix(magic.count)) { return .cut }
        let isSkippable = bytes.count >= 4 && bytes[0] & 0xf0 == 0x50 && bytes[1...3].elementsEqual([0x2a, 0x4d, 0x18])
        return isSkippable ? .skippable : .other
    }
}
