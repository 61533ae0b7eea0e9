/// What is taken where a repository leaves a choice.
package struct SourceChoices: Sendable, Hashable {
    /// Whether all submodules are part of the bundle, not only those that `.gitattributes` declares.
    package var takesSubmodules: Bool
    /// Whether pointers of git LFS are packed as they are, instead of the files that they stand for.
    package var keepsPointers: Bool

    package init(takesSubmodules: Bool = false, keepsPointers: Bool = false) {
        self.takesSubmodules = takesSubmodules
        self.keepsPointers = keepsPointers
    }
}
