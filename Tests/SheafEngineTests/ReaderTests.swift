import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// Readers beside writers, each with a connection of its own, as separate commands have.
@Suite struct ReaderTests {
    private static let bundles = ["one", "two"]
    private static let revisions = 12
    private static let readers = 10

    /// Those that have not ended yet.
    private final class Writers: Sendable {
        let left = Mutex(bundles.count)
    }

    /// A revision whose resources all tell its number.
    private static func bundle(_ name: String, _ number: Int) -> ResolvedBundle {
        // More of them in each second revision, so that half of one and half of another shows.
        let resources = (0..<(10 + number % 2 * 5)).map { index in
            BundleBuilder.worker("\(name)-\(index)", text: "\(number)")
        }
        return BundleBuilder.bundle(resources, name: name)
    }

    @Test func readersSeeWholeRevisionsWhileTwoBundlesChange() async throws {
        let scratch = try ScratchDirectory("readers")
        _ = try Store.open(home: scratch.path)
        let writers = Writers()
        let seen = try await withThrowingTaskGroup(of: Int.self) { group in
            for name in Self.bundles {
                group.addTask {
                    defer { writers.left.withLock { $0 -= 1 } }
                    try await Self.write(name, home: scratch.path)
                    return 0
                }
            }
            for number in 0..<Self.readers {
                let name = Self.bundles[number % Self.bundles.count]
                group.addTask {
                    try await Self.read(name, home: scratch.path, beside: writers)
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(seen > Self.readers)
    }

    private static func write(_ name: String, home: String) async throws {
        let fixture = try EngineFixture(home: home)
        for number in 1...revisions {
            _ = try await fixture.engine.carryOut(try Trial.target(bundle(name, number)), options: OperationOptions())
        }
    }

    /// Looks again and again at what is live.
    ///
    /// - Returns: How many times something was.
    private static func read(_ name: String, home: String, beside writers: Writers) async throws -> Int {
        let store = try Store.open(home: home)
        var (seen, last) = (0, 0)
        while writers.left.withLock({ $0 }) > 0 {
            let live = try store.liveState(of: name)
            let number = live.revision?.number ?? 0
            #expect(live.resources.map(\.resource) == (number == 0 ? [] : bundle(name, number).resources))
            #expect(live.resources.allSatisfy { $0.generation == number }, "\(name), revision \(number)")
            #expect(number >= last, "history went back")
            let revisions = try store.revisions(of: name)
            #expect(revisions.map(\.number) == (1...max(1, revisions.count)).reversed().suffix(revisions.count))
            #expect(revisions.count { $0.state == .live } == (revisions.contains { $0.finishedAt != nil } ? 1 : 0))
            last = number
            seen += number > 0 ? 1 : 0
            await Task.yield()
        }
        return seen
    }
}
