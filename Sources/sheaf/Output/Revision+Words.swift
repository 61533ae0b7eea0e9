import SheafModel

extension Revision {
    /// Its state for people: of a delete nothing is live, so it is called by what it left.
    var stateInWords: String { operation == .delete && state == .live ? "deleted" : state.rawValue }
}
