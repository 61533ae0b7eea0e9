/// How much text may be parsed to try out what a mistake is; without it a hostile file would take minutes.
struct TrialBudget: Sendable {
    private var bytes = 12 << 20

    /// Takes bytes from the budget.
    ///
    /// - Returns: Whether there were enough.
    mutating func take(_ count: Int) -> Bool {
        guard bytes >= count else { return false }
        // A parser costs something even for an empty text.
        bytes -= count + 2_000
        return true
    }
}
