import SheafModel
import SheafTestSupport
import Testing

@testable import SheafEngine

@Suite struct StepQueueTests {
    private typealias Build = BundleBuilder

    private func steps(_ resources: [ResolvedResource]) -> [Step] {
        resources.map { resource in
            Step(
                change: Change(action: .create, resource: resource.id),
                after: ResourceInstance(resource: resource, generation: 1)
            )
        }
    }

    private func queue(_ steps: [Step]) -> StepQueue {
        StepQueue(steps, known: Set(steps.map(\.change.resource)))
    }

    @Test func theLongestChainBeginsFirst() {
        let short = Build.worker("short"), long = Build.worker("long")
        let middle = Build.worker("middle", needs: [long.id]), end = Build.worker("end", needs: [middle.id])
        var queue = queue(steps([short, long, middle, end]))
        #expect(queue.next() == 1)
        #expect(queue.next() == 0)
        #expect(queue.next() == nil)
    }

    @Test func aStepBeginsOnceEachOfItsConditionsHasHeld() {
        let one = Build.worker("one"), two = Build.worker("two")
        let both = Build.worker("both", needs: [one.id, two.id])
        var queue = queue(steps([one, two, both]))
        #expect([queue.next(), queue.next(), queue.next()] == [0, 1, nil])
        #expect(queue.openConditions(of: 2).map(\.resource) == [one.id, two.id])
        queue.note(Dependency(resource: one.id))
        #expect(queue.next() == nil)
        queue.note(Dependency(resource: two.id))
        #expect(queue.next() == 2)
        #expect(queue.openConditions.isEmpty)
    }

    @Test func whatNobodyKnowsIsNotWaitedFor() {
        let worker = Build.worker("a", needs: [Build.worker("elsewhere").id])
        var queue = queue(steps([worker]))
        #expect(queue.next() == 0)
    }

    @Test func whatCannotBeUndoneBeginsOnceAllElseIsReady() {
        let worker = Build.worker("worker"), seed = Build.worker("seed")
        let reader = Build.worker("reader", needs: [seed.id])
        var steps = steps([seed, reader, worker])
        steps[0].change.undo = .none(why: "it writes")
        var queue = queue(steps)
        #expect([queue.next(), queue.next()] == [2, nil])
        #expect(queue.isHeldBack(0))
        queue.noteDone(2)
        #expect(queue.next() == nil)
        queue.noteSettled(2)
        #expect([queue.next(), queue.next()] == [0, nil])
        queue.note(Dependency(resource: seed.id))
        #expect(queue.next() == 1)
    }

    @Test func whatWaitsForAPortOfWhatCannotBeUndoneDoesNotHoldItBack() {
        let seed = Build.worker("seed"), old = Build.service("giver", port: 80)
        let giver = Build.service("giver", port: 81, needs: [seed.id]), taker = Build.service("taker", port: 80)
        var steps = steps([seed, giver, taker])
        steps[0].change.undo = .none(why: "it writes")
        steps[1].before = ResourceInstance(resource: old, generation: 1)
        for position in [1, 2] { steps[position].change.handsOver = true }
        var queue = queue(steps)
        #expect([queue.next(), queue.next()] == [0, nil])
        queue.note(Dependency(resource: seed.id))
        #expect([queue.next(), queue.next()] == [1, nil])
        queue.noteDone(1)
        #expect(queue.next() == 2)
    }

    @Test func aPortIsTakenOverWhenItsHolderHasEnded() {
        let old = Build.service("old", port: 80), new = Build.service("new", port: 80)
        let steps = [
            Step(
                change: Change(action: .create, resource: new.id, handsOver: true),
                after: ResourceInstance(resource: new, generation: 2)
            ),
            Step(
                change: Change(action: .delete, resource: old.id, handsOver: true),
                before: ResourceInstance(resource: old, generation: 1)
            ),
        ]
        var queue = StepQueue(steps, known: [new.id])
        #expect([queue.next(), queue.next()] == [1, nil])
        queue.noteDone(1)
        #expect(queue.next() == 0)
    }

    @Test func whatMountsAVolumeBeginsWhenItsDataIsBack() {
        let worker = Build.mounting("data", "worker"), volume = Build.volume("data"), cache = Build.volume("cache")
        var steps = steps([worker, volume, cache])
        var queue = queue(steps)
        #expect([queue.next(), queue.next(), queue.next()] == [0, 1, 2])
        steps[1].restore = DataRestore(
            source: SnapshotID(bundle: "shop", revision: 2, volume: volume.id),
            aside: SnapshotID(bundle: "shop", revision: 3, volume: volume.id),
            users: []
        )
        queue = self.queue(steps)
        #expect([queue.next(), queue.next(), queue.next()] == [1, 2, nil])
        queue.noteDone(2)
        #expect(queue.next() == nil)
        queue.noteDone(1)
        #expect(queue.next() == 0)
    }
}
