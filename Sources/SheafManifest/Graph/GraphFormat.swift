/// The forms in which a bundle's graph can be written.
package enum GraphFormat: String, CaseIterable, Sendable {
    case text, dot, mermaid, json, svg
}
