/// Functions of sprig about what is missing, and about types.
enum DefaultFunctions {
    static let all: [TemplateFunction] = [
        // What is piped in may be nothing at all.
        TemplateFunction("default", 1...2) { a in a.count > 1 && a[1].isTrue ? a[1] : a[0] },
        TemplateFunction("empty", 1) { a in .bool(!a[0].isTrue) },
        TemplateFunction("coalesce", atLeast: 0) { a in a.values.first(where: \.isTrue) ?? .missing(.null) },
        TemplateFunction("all", atLeast: 0) { a in .bool(a.values.allSatisfy(\.isTrue)) },
        TemplateFunction("any", atLeast: 0) { a in .bool(a.values.contains(where: \.isTrue)) },
        TemplateFunction("ternary", 3) { a in try a.bool(2) ? a[0] : a[1] },
        TemplateFunction("required", 2) { a in
            let isMissing = if case .text(let text) = a[1] { text.isEmpty } else { a[1].isNothing }
            if isMissing { throw TemplateProblem(try a.text(0)) }
            return a[1]
        },
        TemplateFunction("fail", 1) { a in throw TemplateProblem(try a.text(0)) },
        TemplateFunction("typeOf", 1) { a in .text(a[0].goType) },
        TemplateFunction("typeIs", 2) { a in .bool(try a.text(0) == a[1].goType) },
        TemplateFunction("typeIsLike", 2) { a in
            let name = try a.text(0)
            return .bool(name == a[1].goType || name == "*" + a[1].goType)
        },
        TemplateFunction("kindOf", 1) { a in .text(a[0].goKind) },
        TemplateFunction("kindIs", 2) { a in .bool(try a.text(0) == a[1].goKind) },
        TemplateFunction("deepEqual", 2) { a in .bool(try a.context.isSame(a[0], a[1])) },
    ]
}
