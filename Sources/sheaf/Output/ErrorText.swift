import SheafModel

/// An error as text for people: `error[code]: message`, then the notes and the help.
package enum ErrorText {
    /// The lines with their ends.
    package static func render(_ error: any Error, style: TextStyle = .plain) -> String {
        guard let error = error as? any SheafError else {
            return "\(style.text("error", .bad)): \(PrintableText.oneLine(String(describing: error)))\n"
        }
        let head = "\(style.text("error[\(error.code)]", .bad)): \(PrintableText.oneLine(error.message))\n"
        let notes = error.notes.map { "  = note: \(PrintableText.oneLine($0))\n" }.joined()
        return head + notes + (error.hint.map { "  = help: \(PrintableText.oneLine($0))\n" } ?? "")
    }
}
