/// A function that templates can call.
struct TemplateFunction: Sendable {
    typealias Body = @Sendable (TemplateArguments) throws -> TemplateValue

    let name: String
    /// How many arguments it takes at least and at most.
    let arity: ClosedRange<Int>
    let body: Body

    init(_ name: String, _ arity: ClosedRange<Int>, _ body: @escaping Body) {
        self.name = name
        self.arity = arity
        self.body = body
    }

    init(_ name: String, _ count: Int, _ body: @escaping Body) { self.init(name, count...count, body) }

    init(_ name: String, atLeast count: Int, _ body: @escaping Body) { self.init(name, count...Int.max, body) }
}
