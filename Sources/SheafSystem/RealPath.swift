import Glibc

/// The one spelling of a path.
package enum RealPath {
    /// Resolves links, `.` and `..`; parts that do not exist yet stay as they are written.
    ///
    /// - Parameter path: Absolute.
    /// - Returns: Absolute, without a slash at the end.
    package static func of(_ path: String) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return "/" }
        let parent = of("/" + parts.dropLast().joined(separator: "/"))
        return parent == "/" ? "/\(last)" : "\(parent)/\(last)"
    }
}
