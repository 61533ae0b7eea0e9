import FoundationEssentials
import SheafEngine
import SheafModel
import SheafTestSupport
import Testing

/// Interrupts operations on bundles of random shape wherever they can be interrupted.
///
/// A case is one interruption with all that is checked after it. `SHEAF_TORTURE_SEED` chooses other bundles and other
/// moments, and repeats those of a run that has failed; `SHEAF_TORTURE_MINUTES` goes on with more seeds for that long.
@Suite struct CrashMatrixTests {
    /// How many bundles each operation is tried on.
    private static let seeds: UInt64 = 24
    /// How many cases there are of each.
    private static let cases = 20

    @Test(arguments: MatrixOperation.allCases)
    func whateverHappensTheOldOrTheNewRevisionIsLive(operation: MatrixOperation) async throws {
        // Not all at once, since a run that hangs is given as long as one that does not takes now.
        for number in 0..<Self.seeds { try await check(operation, seed: Torture.seed + number) }
    }

    @Test(.enabled(if: Torture.time != nil, "optional: make torture"))
    func tortureGoesOn() async throws {
        var seed = Torture.seed + Self.seeds
        while Torture.goesOn {
            for operation in MatrixOperation.allCases { try await check(operation, seed: seed) }
            seed += 1
        }
    }

    private func check(_ operation: MatrixOperation, seed: UInt64) async throws {
        var cases = 0
        var random = SeededRandom(seed: seed &* 31 &+ UInt64(operation.rawValue.utf8.count))
        let trial = try await Trial(operation, seed: seed)
        let clean = try await trial.run()
        let last = try #require(clean.remains.last)
        try await invariants(trial, "nothing goes wrong: \(clean.outcome)").checkRecovery(of: last, allowed: [.new])
        // Killed, or without power, at any moment.
        for round in 0..<9 {
            let remains = clean.remains[random.below(clean.remains.count)]
            let isPowerCut = round % 3 == 2
            let invariants = invariants(trial, "\(isPowerCut ? "power cut" : "killed") \(remains.moment)")
            try await isPowerCut ? invariants.checkPowerCut(of: remains) : invariants.checkRecovery(of: remains)
            cases += 1
        }
        // Killed once more during the recovery.
        let first = clean.remains[random.below(clean.remains.count)]
        let recovery = try await trial.recover(first)
        let second = recovery[random.below(recovery.count)]
        try await invariants(trial, "killed \(first.moment), then \(second.moment)").checkRecovery(of: second)
        cases += 1
        // Something fails or hangs, and perhaps the process is killed while it is being undone.
        for round in 0..<5 {
            let faults = faults(among: clean.calls, hangs: round == 4, &random)
            let run = try await trial.run(faults: faults, timeout: round == 4 ? clean.time + .milliseconds(50) : nil)
            let words = faults.map { "\($0)" }.joined(separator: ", ")
            let end = try #require(run.remains.last)
            try await invariants(trial, "\(words): \(run.outcome)")
                .checkRecovery(of: end, allowed: allowed(run.outcome))
            let remains = run.remains[random.below(run.remains.count)]
            try await invariants(trial, "\(words), killed \(remains.moment)").checkRecovery(of: remains)
            cases += 2
        }
        #expect(cases == Self.cases)
    }

    private func invariants(_ trial: Trial, _ words: String) -> Invariants {
        Invariants(trial: trial, comment: "SHEAF_TORTURE_SEED=\(Torture.seed), \(trial), \(words)")
    }

    /// A fault in one of the calls of the run in which nothing goes wrong; sometimes the undo of another fails too.
    private func faults(
        among calls: [FakeExecutor.Call],
        hangs: Bool,
        _ random: inout SeededRandom
    ) -> [FakeExecutor.Fault] {
        guard !calls.isEmpty else { return [] }
        let call = calls[random.below(calls.count)], other = calls[random.below(calls.count)]
        let place = FakeExecutor.Fault.Place.allCases[random.below(3)]
        if hangs {
            // What cannot be cancelled takes long, and ends nevertheless.
            let time: Duration = call.isCancellable ? .seconds(3_600) : .milliseconds(100)
            return [FakeExecutor.Fault(call: call, place: place, kind: .hang(time))]
        }
        let fault = FakeExecutor.Fault(call: call, place: place)
        guard random.below(3) == 0 else { return [fault] }
        return [fault, FakeExecutor.Fault(call: .revert(other.name), place: place)]
    }

    /// What may be live after an operation that has ended like this.
    private func allowed(_ outcome: Result<Outcome, any Error>) -> [Invariants.Live] {
        switch outcome {
        case .success: [.new]
        case .failure(let error as any SheafError) where [.refused, .restored].contains(error.failureClass): [.old]
        case .failure: [.old, .new]
        }
    }
}

extension FakeExecutor.Call {
    /// The resource's name.
    var name: String {
        switch self {
        case .prepare(let name), .perform(let name), .revert(let name), .finish(let name), .observe(let name),
            .takeSnapshot(let name), .dropSnapshot(let name):
            name
        }
    }

    /// Whether the engine gives up waiting for it.
    var isCancellable: Bool {
        switch self {
        case .prepare, .perform, .observe: true
        case .revert, .finish, .takeSnapshot, .dropSnapshot: false
        }
    }
}
