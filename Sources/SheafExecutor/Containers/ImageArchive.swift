import FoundationEssentials
import SheafModel

/// One image in a file, as `podman save` and its like write them.
struct ImageArchive: Sendable {
    /// Of the image, as an engine will know it: `sha256:` and 64 digits.
    let id: String

    private let bytes: [UInt8]
    private let form: BundledImage.Form
    private let index: TarMember
    private let content: JSONValue

    /// Why a file holds no image, in words that follow its name.
    struct Problem: Error, Hashable { let text: String }

    private static let readableJSON = "holds a description of its image that cannot be read"
    private static let nameAnnotation = "org.opencontainers.image.ref.name"

    /// Looks into a file.
    ///
    /// - Throws: `Problem` for what is no archive of that form with one image.
    init(_ bytes: [UInt8], form: BundledImage.Form) throws(Problem) {
        guard !bytes.starts(with: [0x1f, 0x8b]), !bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else {
            throw Problem(text: "is compressed; bundles are compressed as a whole when they are packed")
        }
        guard let members = TarMember.all(in: bytes) else { throw Problem(text: "is no whole tar archive") }
        let name = form == .docker ? "manifest.json" : "index.json"
        guard let index = members.first(where: { $0.name == name }) else {
            throw Problem(text: "has no \(name), so it is no \(form.rawValue)")
        }
        let files = Dictionary(members.map { ($0.name, $0) }) { first, _ in first }
        content = try Self.json(index, in: bytes)
        let images = (form == .docker ? content : content["manifests"])?.arrayValue ?? []
        guard images.count == 1, let image = images.first else {
            throw Problem(text: "holds \(images.count) images and not one")
        }
        let config: String?
        switch form {
        case .docker: config = image["Config"]?.stringValue
        case .oci:
            guard let manifest = image["digest"]?.stringValue.flatMap({ files[Self.blob($0)] }) else {
                throw Problem(text: Self.readableJSON)
            }
            config = try Self.json(manifest, in: bytes)["config"]?["digest"]?.stringValue.map(Self.blob)
        }
        guard let member = config.flatMap({ files[$0] }) else { throw Problem(text: Self.readableJSON) }
        id = Digest(of: Array(bytes[member.content])).description
        (self.bytes, self.form, self.index) = (bytes, form, index)
    }

    /// The same archive with one name for its image in the place of all that it has, which may be names of others here.
    func renamed(to name: String) throws -> [UInt8] {
        guard case .object(var image) = (form == .docker ? content : content["manifests"])?.arrayValue?.first else {
            return bytes
        }
        let changed: JSONValue
        switch form {
        case .docker:
            image["RepoTags"] = .array([.string(name)])
            changed = .array([.object(image)])
        case .oci:
            image["annotations"] = .object([Self.nameAnnotation: .string(name)])
            var members = content.objectValue ?? [:]
            members["manifests"] = .array([.object(image)])
            changed = .object(members)
        }
        return index.replaced(by: Array(try CanonicalJSON.encode(changed)), in: bytes)
    }

    private static func json(_ member: TarMember, in bytes: [UInt8]) throws(Problem) -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes[member.content]))
        } catch {
            throw Problem(text: readableJSON)
        }
    }

    private static func blob(_ digest: String) -> String {
        "blobs/" + digest.replacing(":", with: "/")
    }
}
