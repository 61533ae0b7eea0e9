/// A container image that a bundle carries as a file: `docker-archive:images/app.tar`.
package struct BundledImage: Hashable, Sendable {
    /// What wrote the file, in the words of podman and skopeo.
    package enum Form: String, Sendable, CaseIterable {
        /// `docker save`, `podman save`.
        case docker = "docker-archive"
        /// `podman save --format oci-archive`, `skopeo copy … oci-archive:…`.
        case oci = "oci-archive"
    }

    package var form: Form
    /// In the bundle.
    package var path: String

    /// Reads what stands in the place of an image's name.
    ///
    /// - Returns: nil for an image that comes from somewhere else.
    package init?(_ text: String) {
        for form in Form.allCases where text.hasPrefix("\(form.rawValue):") {
            self.form = form
            path = String(text.dropFirst(form.rawValue.utf8.count + 1))
            return
        }
        return nil
    }

    package init(form: Form, path: String) {
        self.form = form
        self.path = path
    }

    /// As a manifest writes it.
    package var text: String { "\(form.rawValue):\(path)" }
}
