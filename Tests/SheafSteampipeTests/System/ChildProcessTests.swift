import FoundationEssentials
import Glibc
import SheafSteampipe
import SheafSystem
import Testing

@Suite struct ChildProcessTests {
    private static let environment = ["PATH=/nowhere", "COLOUR=green"]

    @Test func theProgramIsLookedUpInThePathOfTheParent() throws {
        let result = try ChildProcess.run(["sh", "-c", "echo $COLOUR; exit 3"], environment: Self.environment)
        #expect(result.code == 3)
        #expect(result.output == "green\n")
    }

    @Test func theProgramRunsInItsFolder() throws {
        let result = try ChildProcess.run(["sh", "-c", "pwd -P"], environment: [], folder: "/")
        #expect(result.output == "/\n")
    }

    @Test func aMissingProgramIsNamedWithTheReason() {
        #expect(throws: SystemError("start no-such-program", number: ENOENT)) {
            try ChildProcess(["no-such-program"], environment: [])
        }
    }

    @Test func aMissingFolderIsNamedInsteadOfTheProgram() {
        #expect(throws: SystemError("enter /no/such/folder", number: ENOENT)) {
            try ChildProcess(["true"], environment: [], folder: "/no/such/folder")
        }
    }

    @Test func theProgramLeadsAProcessGroupInTheSessionOfItsParent() throws {
        let process = try ChildProcess(["sleep", "1000"], environment: [])
        #expect(getpgid(process.pid) == process.pid)
        #expect(getsid(process.pid) == getsid(0))
        process.signalGroup(SIGKILL)
        #expect(process.wait() == -1)
    }

    @Test func onlyTheStandardStreamsReachTheProgram() throws {
        // Without close-on-exec, as a library may leave its files.
        let leaky = open("/dev/null", O_RDONLY)
        try #require(leaky > 2)
        defer { close(leaky) }
        let script = "for n in /proc/$$/fd/*; do echo ${n##*/}; done; readlink /proc/$$/fd/0"
        let result = try ChildProcess.run(["bash", "-c", script], environment: ["PATH=/usr/bin:/bin"])
        let lines = result.output.split(separator: "\n")
        #expect(!lines.contains("\(leaky)"), "\(lines)")
        #expect(lines.last == "/dev/null")
    }

    @Test func signalsThatTheParentBlocksReachTheProgram() throws {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let result = try ChildProcess.run(["sh", "-c", "kill -TERM $$; echo survived"], environment: [])
        #expect(result.code == -1)
        #expect(result.output.isEmpty)
        var now = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &now)
        #expect(sigismember(&now, SIGTERM) == 1)
    }
}
