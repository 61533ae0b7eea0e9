/// The kinds of file in the mode bits of Linux and of tar.
///
/// Spelt here, because several C modules export the same macros and the compiler then cannot choose.
enum FileType: UInt32 {
    case folder = 0o040000
    case regular = 0o100000
    case link = 0o120000

    /// Reads the kind out of a mode.
    ///
    /// - Returns: nil for devices, pipes and sockets.
    init?(mode: UInt32) { self.init(rawValue: mode & 0o170000) }

    /// The permission that makes a file a program.
    static let ownerMayExecute: UInt32 = 0o100
}
