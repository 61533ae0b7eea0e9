import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// Nothing runs as another user than asked, listens on another address, or leaves what others can read.
@Suite struct OpenDoorsTests {
    /// A home that others may enter, so that what is in it has to be closed by itself.
    private func openHome(of site: Site) throws {
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: true)
        chmod(site.home, 0o755)
    }

    private func expectClosed(
        _ site: Site,
        secret: String,
        guests: Set<UInt32> = [],
        _ place: SourceLocation = #_sourceLocation
    )
        throws
    {
        let doors = OpenDoors(site: site)
        #expect(doors.files.isEmpty, "readable by others: \(doors.files)", sourceLocation: place)
        let pids = doors.processes
        #expect(!pids.isEmpty, sourceLocation: place)
        let users = Set(doors.users(of: pids).values)
        #expect(users == guests.union([getuid()]), sourceLocation: place)
        #expect(doors.openSockets(of: pids).isEmpty, sourceLocation: place)
        let telling = doors.commands(of: pids).filter { $0.contains(secret) }
        #expect(telling.isEmpty, sourceLocation: place)
    }

    private func expectNothingLeft(_ site: Site, of bundle: String) async throws {
        let deleted = try await site.sheaf("delete", bundle, "--delete-data")
        #expect(deleted.code == 0, "\(deleted)")
        let doors = OpenDoors(site: site)
        #expect(doors.files.isEmpty, "readable by others: \(doors.files)")
        #expect(doors.processes.isEmpty)
    }

    @Test func processesOfTheHost() async throws {
        let site = try Site()
        defer { site.end() }
        try openHome(of: site)
        let scenario = try Scenario()
        // Only root can switch; for others the name is recorded.
        let canSwitch = getuid() == 0 && ChildIsolation.isAllowed
        let guest = scenario.item(
            "guest",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                runAsUser: nobody
                tempVolume: scratch
                persistentVolume: {name: data, directory: guest}
                dataosSecrets: [{name: password, consumptionType: file, allKeys: true}]
                stackSpec:
                  command: [sh, -c]
                  arguments:
                    - |
                      umask 0; mkdir /var/dataos/temp_data/own
                      cat /etc/dataos/secret/* > /var/dataos/temp_data/copy
                      exec sleep 100001
                """
        )
        try scenario.write(.one, to: site, broken: guest)
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        let copy = "\(site.home)/workloads/trialspace/worker/guest/1/temp/data/copy"
        #expect(try await eventually { TextFile.read(copy) == "correct-horse" })
        let nobody = try #require(getpwnam("nobody")?.pointee.pw_uid)
        #expect(
            try await eventually {
                let users = OpenDoors(site: site).users(of: OpenDoors(site: site).processes)
                return !canSwitch || users.values.contains(nobody)
            }
        )
        try expectClosed(site, secret: "correct-horse", guests: canSwitch ? [nobody] : [])
        try await expectNothingLeft(site, of: Scenario.name)
    }

    @Test(.enabled(if: Engines.has(.podman), "podman and busybox are installed"))
    func containers() async throws {
        let site = try Site()
        defer { site.end() }
        try openHome(of: site)
        let image = try await site.run("bash", ["\(Site.repository)/bundles/container/make-image.sh"])
        try #require(image.code == 0, "\(image)")
        try site.copy("container", ports: [8089: try FreePort.find()])
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        try expectClosed(site, secret: "example-only")
        try await expectNothingLeft(site, of: "container")
    }

    @Test(.enabled(if: Engines.has(.postgres), "PostgreSQL is installed"))
    func steampipe() async throws {
        let site = try Site()
        defer { site.end() }
        try openHome(of: site)
        try site.copy("quickstart", ports: [9193: try FreePort.find(), 8088: try FreePort.find()])
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        // PostgreSQL refuses to be root; where it cannot have a namespace, it has a user of its own.
        let users = Set(OpenDoors(site: site).users(of: OpenDoors(site: site).processes).values)
        let postgres = getpwnam("postgres")?.pointee.pw_uid
        let guests = users.filter { getuid() == 0 && $0 == postgres }
        try expectClosed(site, secret: "quickstart-only", guests: guests)
        try await expectNothingLeft(site, of: "quickstart")
    }
}
