import CLinux
import Glibc
import SheafSupervision
import SheafSystem

extension FileTree {
    /// The first folder above a path that a user cannot enter; what is not there yet will be closed to him.
    static func firstClosedFolder(on path: String, to user: ProcessPlan.User) -> String? {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            if !isOpen(folder, to: user) { return folder }
        }
        return nil
    }

    private static func isOpen(_ folder: String, to user: ProcessPlan.User) -> Bool {
        var information = stat()
        guard stat(folder, &information) == 0 else { return false }
        if information.st_uid == user.id { return information.st_mode & S_IXUSR != 0 }
        let isMember = ([user.group] + user.groups).contains(information.st_gid)
        return information.st_mode & (isMember ? S_IXGRP : S_IXOTH) != 0
    }

    /// Gives a file, or a folder with all that is in it, to a user; links are not followed.
    ///
    /// Only for what no other user could change meanwhile.
    /// - Throws: `SystemError`.
    static func give(_ path: String, to user: ProcessPlan.User, deep: Bool = true) throws(SystemError) {
        guard lchown(path, user.id, user.group) == 0 else { throw SystemError("give \(path) to user \(user.id)") }
        guard deep, isOwnFolder(path) else { return }
        for name in names(in: path) ?? [] { try give("\(path)/\(name)", to: user) }
    }

    /// Whether a folder is empty and this user's own.
    static func isUntouched(_ folder: String) -> Bool {
        var information = stat()
        return lstat(folder, &information) == 0 && information.st_uid == geteuid()
            && names(in: folder)?.isEmpty == true
    }
}
