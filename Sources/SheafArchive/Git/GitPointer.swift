import Clibgit2

/// Owns one object of libgit2 and frees it.
struct GitPointer: ~Copyable {
    let raw: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    /// Makes an object with a call that fills in a pointer.
    init(
        free: @escaping (OpaquePointer?) -> Void,
        _ make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(GitFailure) {
        var pointer: OpaquePointer?
        let code = make(&pointer)
        try GitFailure.check(code)
        guard let pointer else { throw GitFailure(code: code, reason: "libgit2 gave no object") }
        raw = pointer
        self.free = free
    }

    deinit { free(raw) }
}
