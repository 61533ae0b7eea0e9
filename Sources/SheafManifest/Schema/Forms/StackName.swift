/// The value of `stack`: `name[+flavor][:version]`.
struct StackName: Hashable, Sendable {
    let name: String
    let flavor: String?
    let version: String?

    /// Reads a text; nil for what names no stack.
    init?(_ text: String) {
        let versions = text.split(separator: ":", omittingEmptySubsequences: false)
        let flavors = (versions.first ?? "").split(separator: "+", omittingEmptySubsequences: false)
        guard versions.count <= 2, flavors.count <= 2, (versions + flavors).allSatisfy({ !$0.isEmpty }),
            !text.contains(where: \.isWhitespace)
        else { return nil }
        name = String(flavors[0])
        flavor = flavors.count > 1 ? String(flavors[1]) : nil
        version = versions.count > 1 ? String(versions[1]) : nil
    }

    /// The name alone, from the bytes of such a text; nil for an empty one.
    static func bytes(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let name = text.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "+") }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
}
