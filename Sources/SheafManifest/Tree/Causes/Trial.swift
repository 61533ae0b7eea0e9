/// Reads a text to see how far it can be read.
enum Trial {
    /// Why the text cannot be read to its end, or nil.
    static func failure(of bytes: [UInt8]) -> EventParser.Failure? {
        bytes.withUnsafeBufferPointer { bytes in
            var parser = EventParser(bytes)
            var anchors: Set<String> = []
            while true {
                switch parser.next() {
                case .failure: return parser.failure()
                case .streamEnd: return nil
                case .documentStart: anchors = []
                case .scalar(let scalar): if let anchor = scalar.anchor { anchors.insert(anchor.text) }
                case .collectionStart(_, _, let anchor, _): if let anchor { anchors.insert(anchor.text) }
                case .alias(let anchor, let start):
                    guard anchors.contains(anchor.text) else {
                        return EventParser.Failure(
                            problem: "there is no anchor '&\(anchor.text)' before this alias",
                            offset: start
                        )
                    }
                case .collectionEnd, .other: continue
                }
            }
        }
    }
}
