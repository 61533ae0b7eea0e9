import FoundationEssentials
import Testing

@testable import sheaf

@Suite struct ScheduleRestsTests {
    private typealias Obstacle = ScheduleRests.Obstacle

    private let start = Date(timeIntervalSince1970: 1_000_000)
    private let stuck = Obstacle(revision: 2)

    /// How many seconds a bundle rests from a moment on.
    private func rest(_ rests: ScheduleRests, from now: Date, _ obstacle: Obstacle) -> Int? {
        (0...1000).first { rests.resting(at: now + Double($0), { _ in obstacle }).isEmpty }
    }

    /// Whether it is well again after each of some attempts.
    private func resumptions(_ attempts: [ScheduleRests.Attempt], in rests: inout ScheduleRests) -> [Bool] {
        attempts.map { rests.note($0, of: "shop", at: start) }
    }

    @Test func whatFailsAgainAndAgainIsTriedInPausesThatGrow() {
        var rests = ScheduleRests()
        var pauses: [Int?] = []
        for _ in 0..<9 {
            _ = rests.note(.failed(stuck), of: "shop", at: start)
            pauses.append(rest(rests, from: start, stuck))
        }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 120, 120, 120])
    }

    @Test func itIsTriedAtOnceWhenTheObstacleIsGone() {
        var rests = ScheduleRests()
        for _ in 0..<5 { _ = rests.note(.failed(stuck), of: "shop", at: start) }
        #expect(rests.resting(at: start + 1) { _ in stuck } == ["shop"])
        #expect(rests.resting(at: start + 1) { _ in Obstacle() } == [])
        _ = rests.note(.failed(Obstacle(revision: 3)), of: "shop", at: start)
        #expect(rest(rests, from: start, Obstacle(revision: 3)) == 2)
    }

    @Test func thatItIsWellAgainIsSaidOnce() {
        var rests = ScheduleRests()
        // Whoever is held up is neither well, nor has failed once more.
        let said = resumptions([.done, .failed(stuck), .held, .done, .done], in: &rests)
        #expect(said == [false, false, false, true, false])
    }

    @Test func whoIsHeldUpIsTriedSoon() {
        var rests = ScheduleRests()
        _ = resumptions([.failed(stuck), .failed(stuck), .held], in: &rests)
        #expect(rest(rests, from: start, stuck) == 2)
        _ = resumptions([.failed(stuck)], in: &rests)
        #expect(rest(rests, from: start, stuck) == 8)
    }

    @Test func aClockThatIsSetBackLetsNobodyRestLonger() {
        var rests = ScheduleRests()
        _ = rests.note(.done, of: "shop", at: start)
        #expect(rests.resting(at: start - 3600) { _ in Obstacle() } == [])
    }

    @Test func bundlesRestEachForItself() {
        var rests = ScheduleRests()
        _ = rests.note(.done, of: "shop", at: start)
        for _ in 0..<3 { _ = rests.note(.failed(stuck), of: "site", at: start) }
        let resting = rests.resting(at: start + 3) { _ in stuck }
        #expect(resting == ["site"])
        #expect(rests.nextEnd(of: resting) == start + 8)
        #expect(rests.nextEnd(of: []) == nil)
    }
}
