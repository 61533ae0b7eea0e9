import SheafTestSupport
import Testing

@testable import SheafExecutor

/// Ports that are taken by one process of the machine are nobody else's.
@Suite struct PortPoolTests {
    @Test func whatOneHasTakenNobodyElseGets() throws {
        let one = PortPool(), other = PortPool()
        let port = try #require(one.take(1, besides: [])?.first)
        #expect(!other.take(port))
        #expect(other.take(1, besides: [])?.first != port)
        withExtendedLifetime(one) {}
    }

    @Test func itCanBeHadOnceItsHolderIsGone() throws {
        var one: PortPool? = PortPool()
        let ports = try #require(one?.take(5, besides: []))
        one = nil
        // Others on this machine may just have taken some of them.
        #expect(ports.contains { PortPool().take($0) })
    }

    @Test func homesThatChooseAtTheSameMomentChooseDifferentPorts() throws {
        let keepers = try (0..<3).map { _ in
            GatewayKeeper(
                home: ExecutorHome(try ScratchDirectory("gateway").path),
                tools: Scratch.tools,
                patience: Patience(),
                port: nil,
                pool: PortPool()
            )
        }
        #expect(Set(keepers.map(\.freePort)).count == keepers.count)
    }
}
