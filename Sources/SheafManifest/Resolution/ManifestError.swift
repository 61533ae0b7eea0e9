package import SheafModel

/// Why manifests could not even be looked at.
package struct ManifestError: SheafError {
    package let code: String
    package let message: String
    package let hint: String?
    package let failureClass: FailureClass

    /// There is no bundle manifest where one is expected.
    static func noBundle(_ path: String) -> ManifestError {
        ManifestError(
            code: "manifest.no-bundle",
            message: "there is no bundle manifest '\(path)'",
            hint: "run 'sheaf init' to make one, or name another with -f",
            failureClass: .invalidInput
        )
    }
}
