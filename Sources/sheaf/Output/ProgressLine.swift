import SheafModel

/// A line that moves while something takes long.
///
/// It shows on a terminal only, and only after a second: what is quick needs no sign of life.
package struct ProgressLine: Sendable {
    /// Goes back to the first column and clears the line.
    static let clear = "\r\u{1B}[2K"

    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    private static let patience: Duration = .seconds(1)
    private static let period: Duration = .milliseconds(120)

    private let sink: any TextSink
    private let terminal: Terminal

    package init(to sink: any TextSink, terminal: Terminal) {
        self.sink = sink
        self.terminal = terminal
    }

    /// Runs a body and shows a text with the elapsed seconds until it ends.
    ///
    /// - Parameters:
    ///   - text: What is going on, such as `building the archive`.
    ///   - clock: Tells the time and wakes the line up.
    ///   - body: What takes long. It may write lines meanwhile, through an `EventPrinter`.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    package func during<Result>(
        _ text: String,
        clock: some Clock<Duration> = ContinuousClock(),
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard terminal.showsProgress else { return try await body() }
        defer { sink.write(Self.clear) }
        return try await drawing(text, clock: clock, body)
    }

    private func drawing<Result>(
        _ text: String,
        clock: some Clock<Duration>,
        _ body: () async throws -> Result
    ) async throws -> Result {
        // Cancelled and awaited when this scope ends, however it ends.
        async let _ = draw(text, clock: clock)
        return try await body()
    }

    private func draw(_ text: String, clock: some Clock<Duration>) async {
        let start = clock.now
        while !Task.isCancelled {
            do {
                try await clock.sleep(until: clock.now.advanced(by: Self.period), tolerance: nil)
            } catch {
                // Cancelled: the body has ended.
                return
            }
            if let frame = frame(text, after: start.duration(to: clock.now)) { sink.write(Self.clear + frame) }
        }
    }

    /// What the line shows after a time; nil as long as it is too early for one.
    func frame(_ text: String, after elapsed: Duration) -> String? {
        guard elapsed >= Self.patience else { return nil }
        let position = Int(elapsed / Self.period) % Self.frames.count
        let seconds = elapsed.components.seconds
        let line = "\(Self.frames[position]) \(PrintableText.oneLine(text)) (\(seconds)s)"
        return String(line.prefix(max(1, terminal.width - 1)))
    }
}
