package import SheafSystem

/// Why a folder could not be copied as a whole.
package enum TreeCopyError: Error, Hashable {
    case system(SystemError)
    /// Blocks cannot be shared, and there is more than may be copied.
    case tooLarge(bytes: Int64, limit: Int64)
    /// Blocks cannot be shared, and the disk has no room for a copy.
    case noRoom(bytes: Int64, free: Int64)
    /// Something that cannot be copied, such as a device.
    case unusual(path: String, what: String)
}
