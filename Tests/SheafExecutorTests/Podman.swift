import SheafExecutor
import SheafModel
import Subprocess
import SystemPackage
import Testing

/// The real podman, and images that are made of busybox without any registry.
struct Podman {
    private static let host = HostEnvironment(variables: Scratch.environment)
    static let isThere = host.program("podman") != nil && host.program("busybox") != nil && host.isRoot

    static func has(_ programs: String...) -> Bool { programs.allSatisfy { host.program($0) != nil } }

    /// What all tests use that do not care what is in an image.
    static let image = "localhost/sheaf-test-busybox:1"

    /// A name that no other test has.
    static func newName(_ what: String) -> String { "localhost/sheaf-test-\(what)-\(UInt32.random(in: 0 ... .max)):1" }

    @discardableResult
    func shell(_ script: String) async throws -> String {
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", script],
            output: .string(limit: 1 << 20),
            error: .discarded
        )
        return result.standardOutput
    }

    func importImage(in scratch: Scratch) async throws {
        if try await id(of: Self.image) == nil { try await importImage(Self.image, saying: "any", in: scratch) }
    }

    /// Makes an image, or gives its name to another one; `/which` in it says which.
    ///
    /// - Returns: Its id.
    @discardableResult
    func importImage(
        _ name: String,
        saying text: String,
        changes: [String] = [],
        in scratch: Scratch
    ) async throws -> String {
        let changes = (["ENV PATH=/bin"] + changes).map { "--change '\($0)'" }.joined(separator: " ")
        try await shell(
            """
            cd \(scratch.home) && mkdir -p r/bin r/etc r/srv r/proc r/sys r/dev && mkdir -p -m 1777 r/tmp
            cp "$(command -v busybox)" r/bin/
            for name in sh env cat httpd sleep id pwd head tr test; do ln -sf busybox r/bin/$name; done
            echo 'root:x:0:0:root:/root:/bin/sh' > r/etc/passwd; echo '\(text)' > r/which
            tar -C r -c . | podman import \(changes) - \(name)
            rm -r r
            """
        )
        return try #require(await id(of: name), "podman could not import \(name)")
    }

    /// The id of an image; nil when there is none of that name.
    func id(of name: String) async throws -> String? {
        let id = try await shell("podman image inspect --format '{{.Id}}' \(name)")
        return id.isEmpty ? nil : String(id.dropLast())
    }

    func remove(_ images: String...) async throws {
        try await shell("podman rmi \(images.joined(separator: " "))")
    }

    /// The names of a home's containers, one a line.
    func containers(of scratch: Scratch) async throws -> String {
        try await shell("podman ps -a --filter label=sheaf.home=\(scratch.home) --format '{{.Names}}'")
    }

    func spec(
        _ command: [String],
        _ arguments: [String] = [],
        image: String = Self.image,
        extra: [String: JSONValue] = [:]
    ) -> JSONValue {
        let own: [String: JSONValue] = [
            "image": .string(image), "command": .array(command.map(JSONValue.string)),
            "arguments": .array(arguments.map(JSONValue.string)),
        ]
        return .object(own.merging(extra) { $1 })
    }
}
