import FoundationEssentials
import SheafArchive

extension CommandContext {
    /// Where keys are kept that are known by a name only.
    var keyFolder: String { "\(home)/keys" }

    /// The key that is meant where none is named.
    static let defaultKey = "signing"

    /// The file that a user means: the one of that path, else the one of that name in Sheaf's home.
    func existingKey(_ text: String?, suffix: String = "") -> String {
        let name = text ?? Self.defaultKey
        let kept = "\(keyFolder)/\(name)"
        if text != nil, name.contains("/") || FileManager.default.fileExists(atPath: name) { return name }
        if suffix.isEmpty || name.hasSuffix(suffix) {
            return FileManager.default.fileExists(atPath: kept) ? kept : text ?? kept
        }
        return FileManager.default.fileExists(atPath: kept + suffix) ? kept + suffix : text ?? kept
    }

    /// The file that a new key gets: a path as it is, a name in Sheaf's home.
    func newKey(_ text: String?) -> String {
        let name = text ?? Self.defaultKey
        return name.contains("/") ? name : "\(keyFolder)/\(name)"
    }
}
