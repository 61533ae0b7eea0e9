internal import CYaml
internal import Glibc

/// Reads YAML text event by event, with libyaml.
///
/// Positions are bytes from the start of the text: libyaml counts characters, which are turned into bytes along the
/// way.
struct EventParser: ~Copyable {
    /// Why the text could not be read further.
    struct Failure: Error {
        /// Whether a byte cannot be read at all; such a failure comes early, since libyaml reads ahead.
        var isUnreadable = false
        var problem: String
        /// What was being read, such as `while parsing a block mapping`.
        var context: String?
        /// Where the parser stumbled.
        var offset: Int
        /// Where what was being read began.
        var contextOffset: Int?
    }

    /// What comes next; texts and anchors are valid until the next event is read.
    enum Event {
        case documentStart(start: Int)
        case streamEnd, failure, other
        case alias(anchor: Anchor, start: Int)
        case scalar(Scalar)
        case collectionStart(isMapping: Bool, isFlow: Bool, anchor: Anchor?, start: Int)
        case collectionEnd(end: Int)
    }

    /// The name of an anchor.
    struct Anchor {
        var name: UnsafePointer<UInt8>
        var text: String { String(cString: name) }
        /// Whether it is longer than anybody's name for something.
        var isLong: Bool { strnlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self), 1_024) == 1_024 }
    }

    struct Scalar {
        var text: UnsafeBufferPointer<UInt8>
        var style: YAMLTree.Style
        var isTaggedText: Bool
        var anchor: Anchor?
        var start: Int
        var end: Int
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private var hasEvent = false
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The last position that was turned into bytes: a number of characters and the offset where they end.
    private var characters = 0
    private var offset = 0
    private let isASCII: Bool

    /// Makes a parser.
    ///
    /// - Parameters:
    ///   - bytes: The text, which must outlive the parser.
    ///   - isASCII: Whether all characters are ASCII, if that is known.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool? = nil) {
        self.bytes = bytes
        self.isASCII = isASCII ?? bytes.allSatisfy { $0 < 0x80 }
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if hasEvent { yaml_event_delete(event) }
        yaml_parser_delete(parser)
        event.deallocate()
        parser.deallocate()
    }

    /// Reads the next event.
    mutating func next() -> Event {
        if hasEvent { yaml_event_delete(event) }
        hasEvent = yaml_parser_parse(parser, event) != 0
        guard hasEvent else { return .failure }
        switch event.pointee.type {
        case YAML_SCALAR_EVENT: return .scalar(scalar())
        case YAML_MAPPING_START_EVENT:
            let style = event.pointee.data.mapping_start.style
            return start(true, style == YAML_FLOW_MAPPING_STYLE, event.pointee.data.mapping_start.anchor)
        case YAML_SEQUENCE_START_EVENT:
            let style = event.pointee.data.sequence_start.style
            return start(false, style == YAML_FLOW_SEQUENCE_STYLE, event.pointee.data.sequence_start.anchor)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return .collectionEnd(end: byteOffset(event.pointee.end_mark))
        case YAML_ALIAS_EVENT:
            // An alias without a name is a syntax error.
            guard let anchor = Self.anchor(event.pointee.data.alias.anchor) else { return .other }
            return .alias(anchor: anchor, start: byteOffset(event.pointee.start_mark))
        case YAML_DOCUMENT_START_EVENT: return .documentStart(start: byteOffset(event.pointee.start_mark))
        case YAML_STREAM_END_EVENT: return .streamEnd
        default: return .other
        }
    }

    /// Why the last event was `failure`.
    mutating func failure() -> Failure {
        let value = parser.pointee
        let problem = value.problem.map { String(cString: $0) } ?? "the text cannot be read"
        guard value.error != YAML_READER_ERROR else {
            return Failure(isUnreadable: true, problem: problem, offset: min(value.problem_offset, bytes.count))
        }
        guard value.error != YAML_MEMORY_ERROR else { return Failure(problem: "not enough memory", offset: 0) }
        let context = value.context.map { String(cString: $0) }
        let place = byteOffset(value.problem_mark)
        return Failure(
            problem: problem,
            context: context,
            offset: place,
            contextOffset: context == nil ? nil : byteOffset(value.context_mark)
        )
    }

    private mutating func start(
        _ isMapping: Bool,
        _ isFlow: Bool,
        _ anchor: UnsafeMutablePointer<yaml_char_t>?
    ) -> Event {
        .collectionStart(
            isMapping: isMapping,
            isFlow: isFlow,
            anchor: Self.anchor(anchor),
            start: byteOffset(event.pointee.start_mark)
        )
    }

    private mutating func scalar() -> Scalar {
        let start = byteOffset(event.pointee.start_mark)
        let end = byteOffset(event.pointee.end_mark)
        let style: YAMLTree.Style =
            switch event.pointee.data.scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        let tag = event.pointee.data.scalar.tag
        return Scalar(
            text: UnsafeBufferPointer(
                start: event.pointee.data.scalar.value,
                count: event.pointee.data.scalar.length
            ),
            style: style,
            isTaggedText: tag != nil && Self.isText(tag),
            anchor: Self.anchor(event.pointee.data.scalar.anchor),
            start: start,
            end: end
        )
    }

    private static func isText(_ tag: UnsafeMutablePointer<yaml_char_t>?) -> Bool {
        tag.map { String(cString: $0) } == "tag:yaml.org,2002:str"
    }

    private static func anchor(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> Anchor? {
        pointer.map { Anchor(name: UnsafePointer($0)) }
    }

    /// Turns libyaml's count of characters into bytes; marks come nearly in order, so that this is linear.
    private mutating func byteOffset(_ mark: yaml_mark_t) -> Int {
        let wanted = Int(mark.index)
        if isASCII { return min(wanted, bytes.count) }
        while characters < wanted, offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            characters += 1
        }
        while characters > wanted, offset > 0 {
            offset -= 1
            while offset > 0, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
            characters -= 1
        }
        return offset
    }
}
