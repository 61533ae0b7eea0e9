import Clibgit2

/// A call of libgit2 that failed, with its reason copied at once: the next call on the thread overwrites it.
struct GitFailure: Error {
    let code: Int32
    let reason: String

    /// Throws unless a call succeeded; to be called before any other call of libgit2.
    static func check(_ code: Int32) throws(GitFailure) {
        guard code < 0 else { return }
        throw GitFailure(code: code, reason: lastReason())
    }

    /// Takes the reason of a call that failed without a code of its own.
    static func last(code: Int32 = GIT_ERROR.rawValue) -> GitFailure { GitFailure(code: code, reason: lastReason()) }

    var isNotFound: Bool { code == GIT_ENOTFOUND.rawValue }

    private static func lastReason() -> String {
        guard let error = git_error_last(), let message = error.pointee.message else { return "no reason given" }
        return String(cString: message)
    }
}

/// Loads libgit2 once, when it is first needed.
enum GitLibrary {
    private static let state: Result<Void, GitFailure> = {
        do throws(GitFailure) {
            try GitFailure.check(git_libgit2_init())
            try GitFailure.check(sheaf_git_accept_extensions())
            try GitFailure.check(sheaf_git_limit_memory())
            try GitFailure.check(sheaf_git_leave_hashing_to_sheaf())
            return .success(())
        } catch {
            return .failure(error)
        }
    }()

    static func start() throws(GitFailure) { try state.get() }
}
