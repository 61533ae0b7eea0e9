import Synchronization

/// When an engine was last asked in vain, so that whoever looks at many containers waits for it once and not for each.
final class EngineSilence: Sendable {
    private let end = Mutex<ContinuousClock.Instant?>(nil)
    /// How long an engine that did not answer is not asked again.
    private let pause: Duration

    init(pause: Duration = .seconds(10)) { self.pause = pause }

    /// Asks an engine, unless another call has just shown that it does not answer.
    ///
    /// - Returns: nil when it has not answered in time, or had not a moment ago.
    func ask(_ engine: ContainerEngine, _ arguments: [String], within limit: Duration) async -> EngineCall.Answer? {
        await ask { await EngineCall(engine: engine).ask(arguments, within: limit) }
    }

    /// The same, with the call itself.
    func ask(_ call: () async -> EngineCall.Answer?) async -> EngineCall.Answer? {
        if isKnown { return nil }
        let answer = await call()
        // Whoever was interrupted has learned nothing.
        if answer == nil, Task.isCancelled { return nil }
        end.withLock { $0 = answer == nil ? .now + pause : nil }
        return answer
    }

    /// Whether an engine has not answered a moment ago.
    var isKnown: Bool { end.withLock { end in end.map { $0 > .now } ?? false } }
}
