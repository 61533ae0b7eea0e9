internal import FoundationEssentials
internal import SheafModel

/// Functions of sprig about encodings, digests and paths.
enum EncodingFunctions {
    static let all: [TemplateFunction] = [
        TemplateFunction("b64enc", 1) { a in try a.make(Data(try a.text(0).utf8).base64EncodedString()) },
        TemplateFunction("b64dec", 1) { a in
            guard let data = Data(base64Encoded: try a.text(0)) else { throw a.wrong(0, "base64") }
            return try a.make(String(decoding: data, as: UTF8.self))
        },
        TemplateFunction("sha256sum", 1) { a in .text(Digest(of: Array(try a.text(0).utf8)).hex) },
        TemplateFunction("fromJson", 1, decode),
        TemplateFunction("mustFromJson", 1, decode),
        TemplateFunction("base", 1) { a in .text(base(try a.text(0))) },
        TemplateFunction("dir", 1) { a in .text(directory(try a.text(0))) },
        TemplateFunction("clean", 1) { a in .text(clean(try a.text(0))) },
        TemplateFunction("ext", 1) { a in
            let name = try a.text(0).split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            return .text(name.lastIndex(of: ".").map { String(name[$0...]) } ?? "")
        },
        TemplateFunction("isAbs", 1) { a in .bool(try a.text(0).hasPrefix("/")) },
    ]

    private static func decode(_ a: TemplateArguments) throws -> TemplateValue {
        let json: JSONValue
        do {
            json = try CanonicalJSON.decode(JSONValue.self, from: Data(try a.text(0).utf8))
        } catch let problem as TemplateProblem {
            throw problem
        } catch {
            throw TemplateProblem("argument 1 of '\(a.function)' must be JSON, but is \(a[0].inWords)", argument: 0)
        }
        return try a.context.value(json)
    }

    private static func base(_ path: String) -> String {
        if path.isEmpty { return "." }
        return path.split(separator: "/").last.map(String.init) ?? "/"
    }

    private static func directory(_ path: String) -> String {
        clean(String(path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)]))
    }

    /// The shortest path that means the same.
    private static func clean(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let joined = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
        return joined.isEmpty ? "." : joined
    }
}
