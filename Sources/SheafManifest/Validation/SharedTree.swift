internal import SheafModel

/// A tree that many values point into.
final class SharedTree: Sendable {
    let tree: YAMLTree

    init(_ tree: YAMLTree) { self.tree = tree }
}
