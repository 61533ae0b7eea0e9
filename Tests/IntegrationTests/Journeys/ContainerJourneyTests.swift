import SheafTestSupport
import Testing

/// Releases of workloads in containers, with the real program and the real podman; no registry is asked.
@Suite(.serialized, .enabled(if: Engines.has(.podman), "podman and busybox are installed"))
struct ContainerJourneyTests {
    private let site: Site
    private let image = "localhost/sheaf-journey-\(UInt32.random(in: 0 ... .max)):1"

    init() async throws {
        site = try Site()
        let base = try await site.run("bash", ["\(Site.repository)/bundles/container/make-image.sh"])
        try #require(base.code == 0, "\(base)")
    }

    /// Gives the name of the image to one that says what it is, in the variable `WHICH`.
    ///
    /// - Returns: Its id.
    private func tag(_ which: String) async throws -> String {
        let script = """
            mkdir -p '\(site.scratch.path)/context' && cd '\(site.scratch.path)/context'
            printf 'FROM localhost/sheaf-busybox:1\\nENV WHICH=\(which)\\n' > Containerfile
            podman build --pull=never --quiet --tag \(image) .
            """
        let built = try await site.run("sh", ["-c", script])
        try #require(built.code == 0, "\(built)")
        return String(built.output.dropLast())
    }

    private func remove(_ images: String...) async throws {
        _ = try await site.run("podman", ["rmi"] + images)
    }

    private func containers() async throws -> String {
        let format = ["--format", "{{.Names}} {{.ImageID}}"]
        return try await site.run("podman", ["ps", "-a", "--filter", "label=sheaf.home=\(site.home)"] + format).output
    }

    private func worker(_ image: String, note: String = "first") throws -> String {
        try Scenario().item(
            "teller",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                envs:
                  NOTE: \(note)
                stackSpec:
                  image: \(image)
                  command: [/bin/sh, -c]
                  arguments: ["trap 'exit 0' TERM; echo this is $WHICH, $NOTE; sleep 86400 & wait"]
                """
        )
    }

    private func apply(_ item: String, _ options: String...) async throws -> Site.Result {
        try site.write("bundle.yaml", Scenario.bundle([item]))
        return try await site.run("\(Site.built)/sheaf", ["apply", site.bundle] + options)
    }

    private func says(_ text: String) async throws -> Bool {
        try await eventually {
            try await site.sheaf("logs", "teller").output.contains(text)
        }
    }

    @Test func aRollbackRunsTheImageOfThenAlthoughItsTagHasMoved() async throws {
        defer { site.end() }
        let old = try await tag("old")
        let first = try await apply(try worker(image))
        #expect(first.code == 0, "\(first)")
        #expect(try await says("this is old, first"))
        let new = try await tag("new")
        let same = try await apply(try worker(image))
        #expect(same.code == 0 && same.errors.contains("nothing"), "a moved tag alone changes nothing: \(same)")
        let second = try await apply(try worker(image, note: "second"))
        #expect(second.code == 0, "\(second)")
        #expect(try await says("this is new, second"))
        let upgraded = try await containers()
        #expect(upgraded.contains("-worker-teller-g2 \(new.prefix(12))"), "\(upgraded)")

        let back = try await site.sheaf("rollback", "trial")
        #expect(back.code == 0, "\(back)")
        #expect(try await says("this is old, first"))
        let restored = try await containers()
        #expect(restored.contains("-worker-teller-g3 \(old.prefix(12))"), "\(restored)")
        let deleted = try await site.sheaf("delete", "trial")
        #expect(deleted.code == 0, "\(deleted)")
        #expect(try await containers() == "")
        try await remove(image, old)
    }

    @Test func anImageThatDoesNotExistLeavesTheReleaseAsItIs() async throws {
        defer { site.end() }
        let old = try await tag("old")
        #expect(try await apply(try worker(image)).code == 0)
        let before = try await containers()
        let missing = "localhost/no-such-image:1"
        let refused = try await apply(try worker(missing))
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.errors.contains(missing) && refused.errors.contains("pinging container registry"), "\(refused)")
        #expect(try await containers() == before)
        #expect(try await site.status(of: "trial").revision?.number == 1)
        #expect(try await site.sheaf("delete", "trial").code == 0)
        try await remove(image, old)
    }

    @Test func aJobThatFailsAndAServiceThatIsNeverReadyAreUndoneWithTheirLastWords() async throws {
        defer { site.end() }
        let old = try await tag("old")
        let scenario = try Scenario()
        let job = scenario.item(
            "teller",
            type: "workflow",
            version: "v1",
            section: """
                dag:
                  - name: fail
                    spec:
                      stack: container
                      compute: runnable-default
                      stackSpec:
                        image: \(image)
                        command: [/bin/sh, -c]
                        arguments: ["echo the cupboard is bare; exit 3"]
                """
        )
        let failed = try await apply(job)
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains("exit code 3") && failed.errors.contains("the cupboard is bare"), "\(failed)")

        let service = scenario.item(
            "teller",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(scenario.port)
                stackSpec:
                  image: \(image)
                  command: [/bin/sh, -c]
                  arguments: ["trap 'exit 0' TERM; echo waiting for nobody; sleep 86400 & wait"]
                """
        )
        let unready = try await apply(service, "--resource-timeout", "20s")
        #expect(unready.code == 3, "\(unready)")
        #expect(unready.errors.contains("waiting for nobody"), "\(unready)")
        #expect(try await containers() == "")
        #expect(site.processes().isEmpty)
        try await remove(image, old)
    }
}
