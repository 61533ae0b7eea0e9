import SheafEngine
import SheafModel
import SheafSystem

// Which image runs
extension ContainerProcess {
    /// Finds the image, and gets it where it is missing or the policy says so.
    ///
    /// - Throws: `ExecutorError` with `image-unavailable`, or for a secret that gives no login.
    func resolveImage(_ engine: ContainerEngine) async throws -> ResolvedImage {
        let known = KnownImages(home: context.home, engine: engine)
        var store = ImageStore(engine: engine, title: context.request.title, known: known)
        if let bundled = BundledImage(image) {
            return try await store.load(try archive(bundled), as: imageName, from: bundled.path)
        }
        if let secret = spec.imagePullSecret { store.loginFolder = try writeLogin(of: secret) }
        if let recorded = context.recordedImages?.image(of: context.request.process, named: image) {
            return try await store.find(recorded, named: image, policy: spec.imagePullPolicy)
        }
        return try await store.resolve(image, policy: spec.imagePullPolicy)
    }

    private func archive(_ bundled: BundledImage) throws -> ImageArchive {
        let attachments = context.request.instance.resource.attachments
        guard let file = attachments.first(where: { $0.role == .image && $0.name == image }) else {
            throw ExecutorError(
                .missingContent,
                "cannot find the file '\(bundled.path)' of the image of \(context.request.title)"
            )
        }
        let bytes = try context.content.content(file.digest)
        do throws(ImageArchive.Problem) {
            return try ImageArchive(bytes, form: bundled.form)
        } catch {
            throw ExecutorError(
                .imageUnavailable,
                "cannot load the image of \(context.request.title): \(bundled.path) \(error.text)",
                hint: "make it anew, such as by: podman save --format \(bundled.form.rawValue) -o \(bundled.path) IMAGE"
            )
        }
    }

    /// Puts the credentials of a registry where engines read them, for nobody else to see.
    ///
    /// They are needed only now: what writes the incarnation's folder removes them with everything that was there.
    private func writeLogin(of name: String) throws -> String {
        let id = context.request.resource
        let secret = try SecretValues(
            SecretProjection.find(name, workspace: id.workspace, resources: context.resources),
            content: context.content
        )
        guard let login = secret.values[Self.loginKey] else {
            throw ExecutorError(
                .missingSecretKey,
                "cannot use \(secret.resource) to get images: it has no key '\(Self.loginKey)'"
            )
        }
        let folder = context.files.registryLogin
        do throws(SystemError) {
            // Nothing needs it after the pull, so it is not synced.
            var changes = UnsyncedChanges()
            try IncarnationDraft.File(path: "\(folder)/config.json", bytes: login, mode: 0o600).write(noting: &changes)
        } catch {
            throw ExecutorError(error, of: id)
        }
        return folder
    }

    /// The one key of a secret of type `cloud-kernel-image-pull`.
    private static let loginKey = ".dockerconfigjson"
}
