extension ImageStore {
    /// Lets the engine have an image that the bundle carries, under a name that nobody else uses.
    ///
    /// Nothing is loaded where the engine has it. Names that stand in the file are not given to anything.
    /// - Throws: `ExecutorError` with `image-unavailable`.
    func load(_ archive: ImageArchive, as name: String, from path: String) async throws -> ResolvedImage {
        if let image = try await inspect(archive.id) {
            let answer = try await EngineCall(engine: engine).run(["tag", archive.id, name])
            if answer.isSuccess { return image }
        }
        let answer = try await EngineCall(engine: engine).run(["load"], input: try archive.renamed(to: name))
        guard answer.isSuccess, let image = try await inspect(archive.id) else {
            throw ExecutorError(
                .imageUnavailable,
                "cannot load the image '\(path)' of \(title): \(answer.isSuccess ? "it became another" : answer.reason)",
                hint: "try: \(engine.kind.rawValue) load -i \(path)"
            )
        }
        return image
    }

    /// Takes names from images, and removes those that have no other.
    ///
    /// An image that stays, because something of the user runs of it, harms nobody; so does an engine that is silent.
    static func release(_ names: [String], of engine: ContainerEngine) async {
        for name in names { _ = try? await EngineCall(engine: engine).run(["rmi", name]) }
    }
}
