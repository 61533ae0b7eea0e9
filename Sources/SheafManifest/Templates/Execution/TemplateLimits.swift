/// How much a template may do, so that a hostile one can neither hang nor exhaust the memory.
package struct TemplateLimits: Sendable {
    /// Steps of the template, elements that functions look at, and characters that they read, 32 to a step.
    package var steps = 1_000_000
    /// Bytes of the text that comes out, and of each text on the way.
    package var textLength = 4 << 20
    /// Elements of all lists and maps, and bytes of all texts, that functions make.
    package var memory = 64 << 20
    /// Nesting of actions, calls of templates, and values.
    package var depth = 100

    package init() {}
}
