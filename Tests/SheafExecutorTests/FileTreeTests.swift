import Dispatch
import SheafSystem
import SheafTestSupport
import Synchronization
import Testing

@testable import SheafExecutor

@Suite struct FileTreeTests {
    /// Whoever comes last removes the folders above; nobody may stumble over that.
    @Test func foldersBesideEachOtherAreRemovedAtTheSameTime() throws {
        let scratch = try ScratchDirectory("tree")
        let root = scratch.path("root"), count = 8
        let problems = Mutex<[String]>([])
        for round in 0..<100 {
            let folders = (0..<count).map { "\(root)/\(round)/kind/\($0)/1" }
            for folder in folders { try FileTree.makeFolder(folder) }
            DispatchQueue.concurrentPerform(iterations: count) { number in
                do throws(SystemError) {
                    try FileTree.remove(folders[number], below: root)
                } catch {
                    problems.withLock { $0.append(error.description) }
                }
            }
            #expect(FileTree.names(in: root) == [])
        }
        #expect(problems.withLock { $0 } == [])
        #expect(FileTree.isFolder(root))
    }

    @Test func aRootThatIsNotThereIsAsGoodAsEmptied() throws {
        let scratch = try ScratchDirectory("tree")
        let root = scratch.path("root")
        try FileTree.remove("\(root)/workspace/kind/name/1", below: root)
        #expect(!FileTree.exists(root))
    }
}
