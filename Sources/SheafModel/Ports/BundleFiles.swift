/// The files of a bundle, wherever they are: a working tree, a git commit, an archive.
///
/// Paths are relative to the bundle's root, with `/`, without `.` and `..`.
package protocol BundleFiles: Sendable {
    /// The bytes of a regular file, following links that stay inside the root; nil when there is none.
    ///
    /// - Throws: A `SheafError` when the file is there and cannot be read, or lies outside the root.
    func read(_ path: String) throws -> [UInt8]?

    /// How a path is shown to people, such as `bundles/shop/bundle.yaml`.
    func displayPath(_ path: String) -> String

    /// The names of the files in a folder, sorted, without those in folders below; empty where there is no such folder.
    func names(inFolder path: String) -> [String]
}

extension BundleFiles {
    package func names(inFolder path: String) -> [String] { [] }
}
