/// Where data of a source system is; a declaration, locally.
package struct DepotSpec: Codable, Hashable, Sendable {
    package var type: String?
    package var description: String?
    package var external: Bool?
    package var source: String?
}

/// A class of machines to run on; locally a label.
package struct ComputeSpec: Codable, Hashable, Sendable {
    package var dataplane: String?
    package var purpose: String?
}

/// A runtime that workloads use.
package struct StackSpec: Codable, Hashable, Sendable {
    /// Where the stack's image is.
    package struct Image: Codable, Hashable, Sendable {
        package var registry: String?
        package var repository: String?
        package var image: String?
        package var tag: String?
    }

    package var name: String
    package var version: String?
    package var flavor: String?
    package var image: Image?
    package var command: [String]?
    package var arguments: [String]?
}
