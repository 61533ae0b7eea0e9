extension Archive {
    /// Unpacks the bundle's files; the metadata stays in the archive.
    ///
    /// All or nothing: the files are written beside the directory, proven, and renamed.
    ///
    /// - Parameter directory: Must be absent or empty. The umask holds for what is made.
    /// - Throws: `ArchiveError`; the directory is untouched then.
    package func unpack(into directory: String) throws {
        let tree = try StagedTree(at: directory)
        try forEachMember { row, _, read in
            guard row.path.utf8.starts(with: ArchiveLayout.files.utf8) else { return try read { _ in } }
            let path = try ArchiveLayout.filePath(row.path, limits: limits)
            if let target = row.target {
                try read { _ in }
                try tree.addLink(path, target: target)
            } else {
                try tree.addFile(path, isExecutable: row.mode == ModeText.of(0o755), content: read)
            }
        }
        try tree.publish()
    }
}
