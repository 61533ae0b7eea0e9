import Glibc
import SheafSystem
import Testing
import sheaf

@Suite struct StandardStreamTests {
    @Test func writesEverythingInOrder() throws {
        let pipe = try Pipe()
        let stream = StandardStream(descriptor: pipe.writing, endsProcessWithoutReader: false)
        stream.writeLine("first")
        stream.write("second")
        pipe.closeWriting()
        #expect(pipe.readAll() == "first\nsecond")
        #expect(stream.failure == nil)
    }

    @Test func goesOnWithoutReaderAndLeavesNoSignalPending() throws {
        let pipe = try Pipe()
        let stream = StandardStream(descriptor: pipe.writing, endsProcessWithoutReader: false)
        pipe.closeReading()
        stream.write("lost")
        #expect(!stream.hasReader)
        #expect(stream.failure == nil)
        var pending = sigset_t()
        sigpending(&pending)
        #expect(sigismember(&pending, SIGPIPE) == 0)
        pipe.closeWriting()
    }

    @Test func remembersWhyTextWasLost() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        let stream = StandardStream(descriptor: full, endsProcessWithoutReader: false)
        stream.write("lost")
        #expect(stream.failure?.number == ENOSPC)
        #expect(stream.hasReader)
    }
}

private struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    func closeReading() { close(reading) }
    func closeWriting() { close(writing) }

    func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64)
        while case let count = read(reading, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        close(reading)
        return String(decoding: bytes, as: UTF8.self)
    }
}
