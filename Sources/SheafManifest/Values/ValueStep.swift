/// One step of a path into values: a key of a mapping, or the place in a list, from 0.
enum ValueStep: Hashable, Sendable {
    case key(String)
    case index(Int)
}

extension [ValueStep] {
    /// The path as expressions write it, such as `values.hosts[0]["a key"]`.
    var text: String {
        var text = ""
        for step in self {
            switch step {
            case .key(let key) where Expression.isName(key): text += text.isEmpty ? key : ".\(key)"
            case .key(let key): text += "[\"\(key)\"]"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
