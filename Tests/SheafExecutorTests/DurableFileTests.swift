import Glibc
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct DurableFileTests {
    @Test func aPipeIsNotReplacedNotEvenBehindALink() throws {
        let scratch = try ScratchDirectory("durable")
        let pipe = scratch.path("pipe"), link = scratch.path("link")
        try #require(mkfifo(pipe, 0o600) == 0 && symlink(pipe, link) == 0)
        for path in [pipe, link] {
            let error = #expect(throws: SystemError.self) { try DurableFile.write([1], to: path) }
            #expect(error?.action == "replace \(path), which is no regular file")
        }
        var information = stat()
        #expect(lstat(pipe, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO)
        #expect(lstat(link, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func aLinkToAFileIsReplacedByAFile() throws {
        let scratch = try ScratchDirectory("durable")
        let file = scratch.path("file"), link = scratch.path("link")
        try DurableFile.write([1], to: file)
        try #require(symlink(file, link) == 0)
        try DurableFile.write([2], to: link)
        #expect(TextFile.read(file) == "\u{1}" && TextFile.read(link) == "\u{2}")
    }
}
