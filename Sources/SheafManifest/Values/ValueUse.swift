package import SheafModel

/// An expression that was looked at, with what it stands for and where that came from.
package struct ValueUse: Hashable, Sendable {
    /// Where the expression stands.
    package var place: SourceSpan
    /// Such as `values.image.tag`, or `$HOME`.
    package var expression: String
    /// Nil when it is not defined; `•••` for a secret, whole or in part.
    package var value: JSONValue?
    /// Such as `values.yaml:3`, `--set image.tag`, `the environment`; nil when it is not defined.
    package var origin: String?

    package init(place: SourceSpan, expression: String, value: JSONValue?, origin: String?) {
        self.place = place
        self.expression = expression
        self.value = value
        self.origin = origin
    }
}
