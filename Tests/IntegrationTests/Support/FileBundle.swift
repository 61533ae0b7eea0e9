import FoundationEssentials

/// A bundle without processes whose resources bring files, so that applying it takes little besides keeping content.
enum FileBundle {
    static let name = "files"
    private static let resources = 3

    /// Writes the bundle so that some of its files are those of other versions, and some are its own.
    static func write(_ version: Int, to site: Site) throws {
        try site.write("same", "the same in all versions\n")
        for number in 0..<resources { try site.write("own/\(number)", "file \(number) of version \(version)\n") }
        try site.write("bundle.yaml", manifest)
    }

    private static var manifest: String {
        let items = (0..<resources).map { number in
            """
                - id: token-\(number)
                  workspace: filespace
                  spec:
                    name: token-\(number)
                    version: v1
                    type: secret
                    secret:
                      type: key-value
                      acl: r
                      files:
                        SAME: same
                        OWN: own/\(number)
            """
        }
        return """
            name: \(name)
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: filespace
                  layer: user
              resources:
            \(items.joined(separator: "\n"))

            """
    }
}
