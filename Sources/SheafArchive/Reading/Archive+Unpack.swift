import SheafModel

extension Archive {
    /// Unpacks the bundle's files; the metadata stays in the archive.
    ///
    /// All or nothing: the files are written beside the directory, proven, and renamed. They are proven on this thread
    /// and written on another, a few megabytes behind. Nothing is synced, as with any unpacking.
    ///
    /// - Parameter directory: Must be absent or empty. The umask holds for what is made.
    /// - Throws: `ArchiveError`; the directory is untouched then.
    package func unpack(into directory: String) throws {
        let writer = TreeWriter(try StagedTree(at: directory))
        try Workers.alongside({ writer.work() }) { hasHelper in
            defer { writer.end() }
            try forEachMember { row, _, read in
                guard row.path.utf8.starts(with: ArchiveLayout.files.utf8) else { return try read { _ in } }
                let path = try ArchiveLayout.filePath(row.path, limits: limits)
                if let target = row.target {
                    try read { _ in }
                    try writer.add(.link(path, target: target), isDoneHere: !hasHelper)
                } else {
                    let isExecutable = row.mode == ModeText.of(0o755)
                    try writer.add(.file(path, isExecutable: isExecutable), isDoneHere: !hasHelper)
                    try read { try writer.add(.content($0), isDoneHere: !hasHelper) }
                }
            }
        }
        try writer.publish()
    }
}
