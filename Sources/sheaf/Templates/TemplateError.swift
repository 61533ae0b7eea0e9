package import SheafModel

/// Why `sheaf init` did not write a scaffold.
package struct TemplateError: SheafError {
    package let code: String
    package let message: String
    package let hint: String?
    package let failureClass: FailureClass

    static func unknown(_ name: String, among names: [String]) -> TemplateError {
        let guess = Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?  " } ?? ""
        return TemplateError(
            code: "init.unknown-template",
            message: "there is no template '\(name)'",
            hint: "\(guess)'sheaf init --list' shows the templates",
            failureClass: .usage
        )
    }

    static func invalidName(_ name: String) -> TemplateError {
        TemplateError(
            code: "init.invalid-name",
            message: "'\(name)' is no name for a data product",
            hint: "use at most \(Template.longestName) lower-case letters, digits and hyphens, a letter first",
            failureClass: .usage
        )
    }

    static func directoryNotEmpty(_ path: String) -> TemplateError {
        TemplateError(
            code: "init.directory-not-empty",
            message: "'\(path)' is there and is no empty directory",
            hint: "name a new directory",
            failureClass: .refused
        )
    }

    static func cannotWrite(_ path: String, _ cause: any Error) -> TemplateError {
        TemplateError(
            code: "init.cannot-write",
            message: "the template could not be written to '\(path)': \(cause)",
            hint: nil,
            failureClass: .refused
        )
    }
}
