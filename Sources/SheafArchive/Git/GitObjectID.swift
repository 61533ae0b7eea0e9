import Clibgit2

/// The name of a git object, as 40 hex digits.
struct GitObjectID: Hashable, Sendable {
    let hex: String

    /// Copies an id of libgit2.
    init(_ id: git_oid) {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = withUnsafeBytes(of: id.id) { Array($0) }
        hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }.asText
    }

    /// The id in the form of libgit2.
    var raw: git_oid {
        var id = git_oid()
        // Cannot fail: the digits came out of an id.
        git_oid_fromstr(&id, hex)
        return id
    }

    /// The first 12 digits, which versions carry.
    var short: String { String(hex.prefix(12)) }
}
