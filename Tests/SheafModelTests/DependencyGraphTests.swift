import SheafModel
import Testing

@Suite struct DependencyGraphTests {
    /// Numbers that look random and are the same in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    /// A graph in which each node needs some of those with smaller numbers, added in any order.
    private func acyclicGraph(seed: UInt64) -> DependencyGraph<Int> {
        var numbers = Numbers(state: seed)
        let size = Int.random(in: 0...40, using: &numbers)
        var graph = DependencyGraph<Int>()
        for node in Array(0..<size).shuffled(using: &numbers) {
            graph.add(node, needs: (0..<node).filter { _ in Int.random(in: 0..<6, using: &numbers) == 0 })
        }
        return graph
    }

    @Test(arguments: UInt64(1)...60)
    func everyNodeStandsInTheFirstWaveAfterWhatItNeeds(_ seed: UInt64) {
        let graph = acyclicGraph(seed: seed)
        var wave: [Int: Int] = [:]
        for (number, nodes) in graph.waves().enumerated() {
            for node in nodes { wave[node] = number }
        }
        #expect(Set(wave.keys) == Set(graph.nodes))
        for node in graph.nodes {
            let needed = graph.dependencies(of: node).compactMap { wave[$0] }.max()
            #expect(wave[node] == needed.map { $0 + 1 } ?? 0)
        }
        #expect(graph.cycle() == nil)
    }

    @Test(arguments: UInt64(1)...20)
    func nodesOfAWaveKeepTheOrderInWhichTheyWereAdded(_ seed: UInt64) {
        let graph = acyclicGraph(seed: seed)
        for wave in graph.waves() {
            let positions = wave.compactMap { graph.nodes.firstIndex(of: $0) }
            #expect(positions == positions.sorted())
        }
        #expect(graph.ordered() == graph.waves().flatMap { $0 })
    }

    @Test(arguments: UInt64(1)...40)
    func aCycleIsAClosedPathOfTheGraph(_ seed: UInt64) throws {
        var graph = acyclicGraph(seed: seed)
        for (node, next) in [(100, 101), (101, 102), (102, 100), (103, 100)] { graph.add(node, needs: [next]) }
        let cycle = try #require(graph.cycle())
        #expect(cycle.first == cycle.last)
        #expect(cycle.count == 4)
        for (node, next) in zip(cycle, cycle.dropFirst()) { #expect(graph.dependencies(of: node).contains(next)) }
        #expect(Set(graph.ordered()).isDisjoint(with: [100, 101, 102, 103]))
    }

    @Test func aNodeThatNeedsItselfIsACycle() {
        var graph = DependencyGraph<String>()
        graph.add("a", needs: ["a"])
        #expect(graph.cycle() == ["a", "a"])
        #expect(graph.waves().isEmpty)
    }

    @Test func needsOutsideTheGraphDoNotBlock() {
        var graph = DependencyGraph<String>()
        graph.add("a", needs: ["elsewhere"])
        #expect(graph.ordered() == ["a"])
        #expect(graph.cycle() == nil)
    }

    @Test func addingAgainAddsNeedsOnce() {
        var graph = DependencyGraph<String>()
        graph.add("b")
        graph.add("a", needs: ["b"])
        graph.add("a", needs: ["b", "c"])
        #expect(graph.nodes == ["b", "a"])
        #expect(graph.dependencies(of: "a") == ["b", "c"])
    }
}
