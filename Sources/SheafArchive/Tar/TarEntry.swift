/// One member of a tar archive, as its header describes it.
struct TarEntry: Sendable {
    enum Kind: Hashable, Sendable {
        case file
        case link(target: [UInt8])
        case hardLink
        case folder
        /// A device, a pipe or a socket.
        case special
    }

    /// As stored, not yet proven to be a member path.
    let path: [UInt8]
    let kind: Kind
    let size: Int64
    let mode: UInt16
    /// Whether the times, the owner and everything else are what Sheaf writes: zero or absent.
    let isPlain: Bool
    /// Whether parts of the content are left out, as empty.
    let isSparse: Bool
}
