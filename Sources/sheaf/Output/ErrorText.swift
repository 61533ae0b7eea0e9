import SheafModel

/// An error as text for people: `error[code]: message`, then what more is wrong, then the help.
package enum ErrorText {
    /// The lines with their ends.
    package static func render(_ error: any Error, style: TextStyle = .plain) -> String {
        guard let error = error as? any SheafError else {
            return "\(style.text("error", .bad)): \(PrintableText.oneLine(String(describing: error)))\n"
        }
        let head = "\(style.text("error[\(error.code)]", .bad)): \(PrintableText.oneLine(error.message))\n"
        let details = error.details.map { "  - \(PrintableText.oneLine($0))\n" }.joined()
        return head + details + (error.hint.map { "  = help: \(PrintableText.oneLine($0))\n" } ?? "")
    }
}
