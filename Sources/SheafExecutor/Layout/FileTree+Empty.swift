import SheafSystem

extension FileTree {
    /// Removes all that is in a folder and keeps the folder; nothing happens when it is gone.
    ///
    /// - Throws: `SystemError` that names the first that cannot be removed; what comes behind it stays.
    static func empty(_ folder: String) throws(SystemError) {
        for name in names(in: folder) ?? [] { try remove("\(folder)/\(name)") }
    }
}
