import SheafModel

/// What a resolved bundle needs that is not among its files: images, stacks, and bundles in it or named by it.
struct BundleIngredients: Hashable, Sendable {
    /// A runtime that workloads use, or that the bundle defines.
    struct Stack: Hashable, Sendable {
        /// With the flavour, such as `spark+python`.
        var name: String
        var version: String?
        /// `name[+flavor][:version]`.
        var text: String { version.map { "\(name):\($0)" } ?? name }
    }

    /// As the manifests write them.
    private(set) var images: Set<String> = []
    /// The files of those images that the bundle carries itself.
    private(set) var imageFiles: [String: Digest] = [:]
    private(set) var stacks: Set<Stack> = []
    /// The images of the stacks that the bundle defines.
    private(set) var stackImages: [Stack: String] = [:]
    /// Items that hold other bundles, and bundles that are named.
    private(set) var bundles: Set<String> = []

    /// Looks through the resources of a bundle.
    init(_ bundle: ResolvedBundle) {
        for resource in bundle.resources { add(resource) }
    }

    private mutating func add(_ resource: ResolvedResource) {
        addBundles(of: resource)
        for file in resource.attachments where file.role == .image { imageFiles[file.name] = file.digest }
        switch resource.id.kind {
        // What a secret holds is nobody's business, not even when it is called an image.
        case .secret, .instanceSecret: return
        case .stack: addStack(resource)
        default: addParts(of: resource.section)
        }
    }

    private mutating func addBundles(of resource: ResolvedResource) {
        var path = ""
        for part in resource.item.split(separator: "/").dropLast() {
            path += path.isEmpty ? "\(part)" : "/\(part)"
            bundles.insert(path)
        }
        for other in resource.references + resource.dependencies.map(\.resource) where other.kind == .bundle {
            bundles.insert(other.name)
        }
    }

    private mutating func addStack(_ resource: ResolvedResource) {
        let section = resource.section
        let name = section["name"]?.scalarText ?? resource.id.name
        let flavor = section["flavor"]?.scalarText.map { "+\($0)" } ?? ""
        let stack = Stack(name: name + flavor, version: section["version"]?.scalarText)
        stacks.insert(stack)
        guard let image = Self.image(section["image"], in: section) else { return }
        images.insert(image)
        stackImages[stack] = image
    }

    /// Goes through a section: workloads are at different depths in the kinds that have some.
    private mutating func addParts(of value: JSONValue) {
        switch value {
        case .array(let elements): for element in elements { addParts(of: element) }
        case .object(let members):
            if let stack = members["stack"]?.stringValue, !stack.isEmpty {
                let parts = stack.split(separator: ":", maxSplits: 1).map(String.init)
                stacks.insert(Stack(name: parts.first ?? stack, version: parts.count == 2 ? parts[1] : nil))
            }
            if let image = Self.image(members["image"], in: value) { images.insert(image) }
            for (key, member) in members where !Self.free.contains(key) { addParts(of: member) }
        default: break
        }
    }

    /// Mappings whose keys are the user's own.
    private static let free: Set = ["envs", "configs", "labels", "data"]

    /// An image in one text, or in the parts `registry`, `repository`, `image` and `tag`, within `image` or beside it.
    private static func image(_ value: JSONValue?, in parent: JSONValue) -> String? {
        let parts = value?.objectValue == nil ? parent : value ?? parent
        guard let name = value?.stringValue ?? parts["image"]?.stringValue, !name.isEmpty else { return nil }
        let path = [parts["registry"], parts["repository"]].compactMap { $0?.stringValue }.filter { !$0.isEmpty }
        let tag = parts["tag"]?.scalarText.map { ":\($0)" } ?? ""
        return (path + [name]).joined(separator: "/") + tag
    }
}
