/// A place that text for people or programs goes to.
///
/// The standard streams are sinks; tests collect instead.
package protocol TextSink: Sendable {
    /// Writes the text as it is; whole, and not mixed with that of other callers.
    func write(_ text: String)
}

extension TextSink {
    /// Writes a text and the end of its line.
    package func writeLine(_ text: String) { write(text + "\n") }
}
