import SheafEngine
import SheafModel
import SheafSystem

/// The records of images of one home, a file a generation: `images/<workspace>/<kind>/<name>/<generation>`.
struct ImageRecords: Sendable {
    let home: ExecutorHome

    /// How many of a workload are kept; a rollback further back runs what the names stand for then.
    private static let mostKept = 200

    /// What a step is to run once more, and not what its names stand for by now.
    ///
    /// - Returns: For a rollback what the restored revision ran, for the same definition what its incarnation runs;
    ///   nil for everything else.
    func record(for step: Step) -> ImageRecord? {
        guard let after = step.after else { return nil }
        if let revision = step.restores { return record(of: after.resource.id, until: revision) }
        guard let before = step.before, before.resource.manifest == after.resource.manifest else { return nil }
        return read(before.resource.id, before.generation)
    }

    /// A revision has the incarnation of the last one that made a new one.
    private func record(of id: ResourceID, until revision: Int) -> ImageRecord? {
        generations(of: id).last { $0 <= revision }.flatMap { read(id, $0) }
    }

    private func read(_ id: ResourceID, _ generation: Int) -> ImageRecord? {
        // What cannot be read tells nothing: the images are looked for by their names, as without a record.
        TextFile.read(path(id, generation)).flatMap { try? ImageRecord(decoding: $0) }
    }

    /// Keeps the record of an incarnation, or removes one of its number where there is nothing to keep.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    func write(_ record: ImageRecord, of instance: ResourceInstance) throws {
        guard !record.entries.isEmpty else { return try remove(instance) }
        let id = instance.resource.id
        let path = path(id, instance.generation)
        do throws(SystemError) {
            try FileTree.makeFolder(FileTree.parent(of: path), isSynced: true)
            try DurableFile.write(record.encoded, to: path)
            for old in generations(of: id).dropLast(Self.mostKept) { try FileTree.remove(self.path(id, old)) }
        } catch {
            throw ExecutorError(error, of: id)
        }
    }

    /// Forgets an incarnation that never went live, and what podman had said of images: it may have been why.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    func remove(_ instance: ResourceInstance) throws {
        let id = instance.resource.id
        guard FileTree.exists(path(id, instance.generation)) else { return }
        KnownImages.forget(in: home)
        try remove(id, instance.generation)
    }

    /// From the oldest on.
    func generations(of id: ResourceID) -> [Int] {
        (FileTree.names(in: folder(id)) ?? []).compactMap { Int($0) }.sorted()
    }

    private func folder(_ id: ResourceID) -> String {
        "\(home.images)/\(id.workspace ?? "instance")/\(id.kind.rawValue)/\(id.name)"
    }

    func path(_ id: ResourceID, _ generation: Int) -> String { "\(folder(id))/\(generation)" }
}
