/// The images that a container engine has, or can get.
struct ImageStore {
    let engine: ContainerEngine
    /// The workload that an image is for, as people call it.
    let title: String
    /// What need not be asked.
    let known: KnownImages
    /// Holds `config.json` with the credentials of a private registry.
    var loginFolder: String?

    /// Finds an image by its name, and gets it first where the policy says so.
    ///
    /// - Parameters:
    ///   - name: As the manifest writes it.
    ///   - policy: When a registry is asked.
    /// - Returns: The image, which the engine has.
    /// - Throws: `ExecutorError` with `image-unavailable`.
    func resolve(_ name: String, policy: ImagePullPolicy) async throws -> ResolvedImage {
        if policy != .always, let image = try await inspect(name) { return image }
        guard policy != .never else {
            throw ExecutorError(
                .imageUnavailable,
                "cannot get the image '\(name)' of \(title): it is not on this machine, and its imagePullPolicy is Never",
                hint: "run: \(engine.kind.rawValue) pull \(name)"
            )
        }
        return try await pull(name)
    }

    /// Finds the very image that ran before, whatever its name stands for by now.
    ///
    /// - Parameters:
    ///   - recorded: What ran.
    ///   - name: What the manifest called it.
    ///   - policy: Whether a registry may be asked.
    /// - Returns: The image, which the engine has.
    /// - Throws: `ExecutorError` with `image-unavailable`.
    func find(_ recorded: ResolvedImage, named name: String, policy: ImagePullPolicy) async throws -> ResolvedImage {
        if var image = try await inspect(recorded.id) {
            image.source = recorded.source
            return image
        }
        if policy != .never, let source = recorded.source {
            var image = try await pull(source)
            image.source = source
            return image
        }
        throw ExecutorError(
            .imageUnavailable,
            "cannot get the image '\(name)' of \(title) that ran before: \(recorded.id) is not on this machine any more"
                + (recorded.source == nil ? ", and it came from no registry" : ""),
            hint: "to run what '\(name)' stands for now, apply the bundle instead"
        )
    }

    /// What the engine knows of an image; nil when it has none of that name or id.
    func inspect(_ name: String) async throws -> ResolvedImage? {
        if let image = known.image(name) { return image }
        let asked = WallClock.now
        let answer = try await EngineCall(engine: engine).run(["image", "inspect", name])
        guard answer.isSuccess, let inspection = ImageInspection(answer.output) else { return nil }
        let image = inspection.image(askedForAs: name)
        if let index = inspection.index { known.note(image, as: name, index: index, asked: asked) }
        return image
    }

    private func pull(_ name: String) async throws -> ResolvedImage {
        var call = EngineCall(engine: engine)
        if let loginFolder {
            call.variables = ["REGISTRY_AUTH_FILE": "\(loginFolder)/config.json", "DOCKER_CONFIG": loginFolder]
        }
        let answer = try await call.run(["pull", "--quiet", name])
        guard answer.isSuccess else {
            throw ExecutorError(
                .imageUnavailable,
                "cannot get the image '\(name)' of \(title): \(answer.reason)",
                hint: "check its name, or run: \(engine.kind.rawValue) pull \(name)",
                isTransient: Self.mayPass(answer.problem)
            )
        }
        guard let image = try await inspect(name) else {
            throw ExecutorError(
                .imageUnavailable,
                "cannot get the image '\(name)' of \(title): it is gone a moment after it came",
                isTransient: true
            )
        }
        return image
    }

    /// What the engines say where a registry could not be reached or was too busy; they have no codes for it.
    private static let passingReasons = [
        "timeout", "timed out", "connection refused", "connection reset", "broken pipe", "unexpected eof",
        "temporary failure in name resolution", "too many requests", "toomanyrequests",
        "received unexpected http status: 5", "500 internal server error", "502 bad gateway", "503 service unavailable",
        "504 gateway timeout",
    ]

    /// Whether a pull may succeed a moment later: the registry did not say no.
    static func mayPass(_ failure: String) -> Bool {
        let failure = failure.lowercased()
        return passingReasons.contains { failure.contains($0) }
    }
}
