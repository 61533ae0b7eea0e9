import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// When podman is asked for an image, and when what it has said before is enough; with a script in its place.
@Suite struct KnownImageTests {
    private static let name = "localhost/sheaf-test-known:1"

    private let folder: ScratchDirectory
    private let scratch: Scratch

    init() throws { try self.init(variables: [:]) }

    private init(variables: [String: String]) throws {
        folder = try ScratchDirectory("known-images")
        let path = "\(folder.path("bin")):\(Scratch.environment["PATH"] ?? "")"
        let own = ["PATH": path, "HOME": folder.path("home")]
        scratch = try Scratch(variables: own.merging(variables) { $1 })
        for name in ["bin", "home/.config/containers", "storage/overlay-images"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        let script = "#!/bin/sh\necho \"$*\" >>'\(folder.path("calls"))'\nexec cat '\(folder.path("answer"))'\n"
        try write(script, to: "bin/podman")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/podman"))
        try change(toImage: "1")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.path(name)), options: .atomic)
    }

    /// Lets the name stand for another image.
    private func change(toImage digit: Character, secondsAgo age: Double = 60) throws {
        let upper = folder.path("storage/overlay/1/diff")
        try write(
            """
            [{"Id": "\(Self.id(digit))", "RepoDigests": [],
              "GraphDriver": {"Name": "overlay", "Data": {"UpperDir": "\(upper)"}}}]
            """,
            to: "answer"
        )
        let index = "storage/overlay-images/images.json"
        try write("[]", to: index)
        let date = Date.now.addingTimeInterval(-age)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.path(index))
    }

    private static func id(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    /// Makes an incarnation of a worker that runs the image.
    ///
    /// - Returns: The image that it is to run, by its last digit.
    @discardableResult
    private func prepare(_ generation: Int, _ image: String = name) async throws -> Character? {
        let spec = Podman().spec(["true"], ["\(generation)"], image: image)
        let worker = Samples.worker([], generation: generation, extra: ["stackSpec": spec])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        let plan = try #require(scratch.executor.files(of: worker).plan)
        return plan.processes.first?.arguments.first { $0.hasPrefix("sha256:") }?.last
    }

    private var questions: Int {
        let calls = TextFile.read(folder.path("calls")) ?? ""
        return calls.split(separator: "\n").count { $0.contains("image inspect") }
    }

    @Test func podmanIsAskedOnceUntilItsStorageChanges() async throws {
        #expect(try await prepare(1) == "1")
        #expect(try await prepare(2) == "1")
        #expect(questions == 1)
        try change(toImage: "2")
        #expect(try await prepare(3) == "2")
        #expect(try await prepare(4) == "2")
        #expect(questions == 2)
    }

    @Test func severalImagesAreKnown() async throws {
        let other = "registry.example:5000/other:1"
        for generation in 1...2 {
            try await prepare(2 * generation)
            try await prepare(2 * generation + 1, other)
        }
        #expect(questions == 2)
    }

    @Test func aChangeAtTheMomentOfTheQuestionMayNotBeInTheAnswer() async throws {
        try change(toImage: "1", secondsAgo: -60)
        try await prepare(1)
        try await prepare(2)
        #expect(questions == 2)
    }

    @Test func whatDidNotRunIsForgotten() async throws {
        try await prepare(1)
        let spec = Podman().spec(["true"], ["1"], image: Self.name)
        let worker = Samples.worker([], extra: ["stackSpec": spec])
        try await scratch.executor.revert(Samples.create(worker))
        try await prepare(2)
        #expect(questions == 2)
    }

    @Test func namesThatOtherFilesCompleteAreAskedForEachTime() async throws {
        try await prepare(1, "app:1")
        try await prepare(2, "library/app:1")
        try await prepare(3, "library/app:1")
        #expect(questions == 3)
    }

    @Test func storagesElsewhereAreAskedEachTime() async throws {
        let remote = try KnownImageTests(variables: ["CONTAINER_HOST": "ssh://far"])
        try await remote.prepare(1)
        try await remote.prepare(2)
        #expect(remote.questions == 2)

        try write("additionalimagestores = [\n  \"/srv/images\"\n]\n", to: "home/.config/containers/storage.conf")
        try await prepare(1)
        try await prepare(2)
        #expect(questions == 2)
        // None is named.
        try write("additionalimagestores = [\n]\n", to: "home/.config/containers/storage.conf")
        try await prepare(3)
        try await prepare(4)
        #expect(questions == 3)
    }
}
