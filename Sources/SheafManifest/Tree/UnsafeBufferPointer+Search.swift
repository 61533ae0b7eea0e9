internal import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// The offset of the next byte of a value, from an offset on.
    func offset(of byte: UInt8, from start: Int) -> Int? {
        guard let baseAddress, start < count else { return nil }
        let found = memchr(baseAddress + start, Int32(byte), count - start)
        return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(baseAddress) }
    }
}
