internal import CYaml

/// Reads YAML text event by event, with libyaml.
///
/// Positions are bytes of the whole file: libyaml counts characters, which are turned into bytes along the way.
final class EventParser {
    /// Why the text could not be read further.
    struct Failure {
        var problem: String
        /// What was being read, such as `while parsing a block mapping`.
        var context: String?
        /// Where the parser stumbled.
        var offset: Int
        /// Where what was being read began.
        var contextOffset: Int?
    }

    enum Event {
        case documentStart, streamEnd, other
        case alias(anchor: String, start: Int)
        case scalar(Scalar)
        case collectionStart(isMapping: Bool, isFlow: Bool, anchor: String?, start: Int)
        case collectionEnd(end: Int)
    }

    /// A scalar; the text is valid until the next event is read.
    struct Scalar {
        var text: UnsafeBufferPointer<UInt8>
        var style: YAMLTree.Style
        var isTaggedText: Bool
        var anchor: String?
        var start: Int
        var end: Int
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var event = yaml_event_t()
    private var hasEvent = false
    private let bytes: UnsafeBufferPointer<UInt8>
    private let base: Int
    /// The last position that was turned into bytes: a number of characters and the offset where they end.
    private var characters = 0
    private var offset = 0
    private let isASCII: Bool

    /// Makes a parser of a part of a file.
    ///
    /// - Parameters:
    ///   - bytes: The part, which must outlive the parser.
    ///   - base: Where the part begins in the file.
    init(_ bytes: UnsafeBufferPointer<UInt8>, base: Int) {
        self.bytes = bytes
        self.base = base
        isASCII = bytes.allSatisfy { $0 < 0x80 }
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if hasEvent { yaml_event_delete(&event) }
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event, or why there is none.
    func next() -> Result<Event, Failure> {
        if hasEvent { yaml_event_delete(&event) }
        hasEvent = yaml_parser_parse(parser, &event) != 0
        guard hasEvent else { return .failure(failure) }
        switch event.type {
        case YAML_STREAM_END_EVENT: return .success(.streamEnd)
        case YAML_DOCUMENT_START_EVENT: return .success(.documentStart)
        case YAML_ALIAS_EVENT:
            let anchor = Self.text(event.data.alias.anchor) ?? ""
            return .success(.alias(anchor: anchor, start: byteOffset(event.start_mark)))
        case YAML_SCALAR_EVENT: return .success(.scalar(scalar))
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            return .success(start(false, data.style == YAML_FLOW_SEQUENCE_STYLE, data.anchor))
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            return .success(start(true, data.style == YAML_FLOW_MAPPING_STYLE, data.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return .success(.collectionEnd(end: byteOffset(event.end_mark)))
        default: return .success(.other)
        }
    }

    private func start(
        _ isMapping: Bool,
        _ isFlow: Bool,
        _ anchor: UnsafeMutablePointer<yaml_char_t>?
    ) -> Event {
        .collectionStart(
            isMapping: isMapping,
            isFlow: isFlow,
            anchor: Self.text(anchor),
            start: byteOffset(event.start_mark)
        )
    }

    private var scalar: Scalar {
        let data = event.data.scalar
        let start = byteOffset(event.start_mark)
        let style: YAMLTree.Style =
            switch data.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        return Scalar(
            text: UnsafeBufferPointer(start: data.value, count: data.length),
            style: style,
            isTaggedText: data.tag != nil && Self.text(data.tag) == "tag:yaml.org,2002:str",
            anchor: Self.text(data.anchor),
            start: start,
            end: byteOffset(event.end_mark)
        )
    }

    private var failure: Failure {
        let value = parser.pointee
        let problem = value.problem.map { String(cString: $0) } ?? "the text cannot be read"
        guard value.error != YAML_READER_ERROR else {
            let code = value.problem_value > 0 ? " (U+\(String(value.problem_value, radix: 16, uppercase: true)))" : ""
            return Failure(problem: problem + code, offset: base + min(value.problem_offset, bytes.count))
        }
        guard value.error != YAML_MEMORY_ERROR else {
            return Failure(problem: "not enough memory", offset: base)
        }
        let context = value.context.map { String(cString: $0) }
        return Failure(
            problem: problem,
            context: context,
            offset: byteOffset(value.problem_mark),
            contextOffset: context == nil ? nil : byteOffset(value.context_mark)
        )
    }

    /// Turns libyaml's count of characters into bytes of the file; marks come nearly in order, so that this is linear.
    private func byteOffset(_ mark: yaml_mark_t) -> Int {
        let wanted = Int(mark.index)
        if isASCII { return base + min(wanted, bytes.count) }
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
        return base + offset
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension EventParser.Failure: Error {}
