import Testing

@testable import SheafEngine

@Suite struct InboxTests {
    @Test func allMessagesComeInOrderOfEachSender() async throws {
        let inbox = Inbox<Int>()
        let total = 1_000
        let received = try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<4 {
                group.addTask { for number in 0..<total / 4 { inbox.put(sender * total + number) } }
            }
            var received: [Int] = []
            while received.count < total { received += try await inbox.takeAll() }
            return received
        }
        for sender in 0..<4 {
            let own = received.filter { $0 / total == sender }
            #expect(own == own.sorted())
            #expect(own.count == total / 4)
        }
    }

    @Test func cancellationEndsTheWait() async {
        let inbox = Inbox<Int>()
        let reader = Task { try await inbox.takeAll() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
    }
}
