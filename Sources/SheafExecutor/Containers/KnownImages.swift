import CLinux
import Glibc
import SheafModel
import SheafSupervision
import SheafSystem

/// What podman has said of images, for as long as nothing of it can have changed.
///
/// podman keeps the names of all images of a storage in one file, and puts another in its place with each change. To look
/// at that costs nothing, while an answer of podman takes a fifth of the time in which it runs a whole container. Should
/// anything be different after all, the container does not start, and the undo forgets what was known.
struct KnownImages: Sendable {
    let home: ExecutorHome
    let engine: ContainerEngine

    private static let header = EscapedLines.Line("sheaf-known-images", "1")
    private static let nowhere = "-"
    private static let checked = "checked"
    /// How old the last change must be, in milliseconds: one in the same moment as the question might not be in the answer.
    private static let settled: Milliseconds = 1000

    /// One image as it was asked for; nil where podman has to be asked.
    func image(_ name: String) -> ResolvedImage? {
        guard isUsable(for: name), let lines, let index = lines.first(where: { $0.key == "index" })?.value,
            lines.contains(.init("state", state(of: index)))
        else { return nil }
        let words = lines.filter { $0.key == "image" }.map { $0.value.split(separator: " ").map(String.init) }
        guard let entry = words.first(where: { $0.count == 4 && $0[0] == Self.key(name) }) else { return nil }
        var image = ResolvedImage(id: entry[1], source: entry[2] == Self.nowhere ? nil : entry[2])
        image.hasHealthCheck = entry[3] == Self.checked
        return image
    }

    /// Keeps an answer.
    ///
    /// - Parameters:
    ///   - image: What it says.
    ///   - name: What was asked for.
    ///   - index: The file with the names of all images.
    ///   - asked: When, in milliseconds since 1970.
    func note(_ image: ResolvedImage, as name: String, index: String, asked: Milliseconds) {
        guard isUsable(for: name), !StorageFiles.hasOtherStorages(engine), let change = StorageFiles.change(of: index),
            change < asked - Self.settled
        else { return }
        let state = EscapedLines.Line("state", state(of: index))
        let others = (lines ?? []).filter { $0.key == "image" && !$0.value.hasPrefix("\(Self.key(name)) ") }
        let known = lines?.contains(state) == true ? others : []
        let health = image.hasHealthCheck ? Self.checked : Self.nowhere
        let entry = "\(Self.key(name)) \(image.id) \(image.source ?? Self.nowhere) \(health)"
        let all = [Self.header, .init("index", index), state] + known + [.init("image", entry)]
        // Without it podman is asked again, and that is all.
        try? FileTree.makeFolder(home.images)
        try? DurableFile.write(EscapedLines.encode(all), to: home.knownImages, isSynced: false)
    }

    /// Forgets everything: something did not run that should have.
    static func forget(in home: ExecutorHome) { unlink(home.knownImages) }

    private var lines: [EscapedLines.Line]? {
        // What cannot be read tells nothing.
        guard let lines = TextFile.read(home.knownImages).flatMap({ try? EscapedLines.decode($0) }),
            lines.first == Self.header
        else { return nil }
        return lines
    }

    /// Only podman on this machine can be judged by its files, and only for names that are not completed by other files.
    private func isUsable(for name: String) -> Bool {
        guard engine.kind == .podman, Self.remotes.isDisjoint(with: engine.environment.keys) else { return false }
        if name.hasPrefix("sha256:") { return true }
        guard let slash = name.firstIndex(of: "/") else { return false }
        return name[..<slash] == "localhost" || name[..<slash].contains { $0 == "." || $0 == ":" }
    }

    /// The variables with which podman works on another machine.
    private static let remotes: Set<String> = ["CONTAINER_HOST", "CONTAINER_CONNECTION"]

    /// What a manifest says may be a secret.
    private static func key(_ name: String) -> String { Digest(of: Array(name.utf8)).hex }

    /// All that an answer depends on, as a digest.
    private func state(of index: String) -> String {
        let environment = engine.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let files = ([index] + StorageFiles.configurations(engine)).map { "\($0) \(StorageFiles.identity(of: $0))" }
        let facts = [engine.program] + engine.hostFlags + environment + files
        return Digest(of: Array(facts.joined(separator: "\0").utf8)).hex
    }
}

/// The files that say what is in the storage of podman.
private enum StorageFiles {
    /// Where it may be configured.
    static func configurations(_ engine: ContainerEngine) -> [String] {
        let user = engine.environment["XDG_CONFIG_HOME"] ?? engine.environment["HOME"].map { "\($0)/.config" }
        return ["/usr/share/containers", "/etc/containers"].flatMap { ["\($0)/storage.conf", "\($0)/containers.conf"] }
            + (user.map { ["\($0)/containers/storage.conf", "\($0)/containers/containers.conf"] } ?? [])
            + ["CONTAINERS_STORAGE_CONF", "CONTAINERS_CONF"].compactMap { engine.environment[$0] }
    }

    /// Whether images may be in storages that have names of their own.
    static func hasOtherStorages(_ engine: ContainerEngine) -> Bool {
        configurations(engine).contains { path in
            guard let text = TextFile.read(path), let key = text.firstRange(of: "additionalimagestores") else {
                return false
            }
            return text[key.upperBound...].prefix { $0 != "]" }.contains { $0 == "\"" }
        }
    }

    /// Which file has a name, and in what state.
    static func identity(of path: String) -> String {
        var file = stat()
        guard stat(path, &file) == 0 else { return "none" }
        return "\(file.st_dev) \(file.st_ino) \(file.st_size) \(file.st_mtim.tv_sec) \(file.st_mtim.tv_nsec)"
    }

    /// When a file was changed last, in milliseconds since 1970; nil when it is not there.
    static func change(of path: String) -> Milliseconds? {
        var file = stat()
        guard stat(path, &file) == 0 else { return nil }
        return Milliseconds(file.st_mtim.tv_sec) * 1000 + Milliseconds(file.st_mtim.tv_nsec) / 1_000_000
    }
}
