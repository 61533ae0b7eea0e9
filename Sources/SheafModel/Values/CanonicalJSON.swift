package import FoundationEssentials

/// The one JSON form that Sheaf digests, stores and compares: sorted keys, no white space, slashes unescaped.
package enum CanonicalJSON {
    /// Encodes a value; equal values give equal bytes.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold, such as infinity.
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Encodes a value on several lines, for people.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold, such as infinity.
    package static func pretty(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value)
    }

    /// Decodes what `encode` or any other JSON writer made.
    ///
    /// - Throws: `DecodingError` when the bytes are no JSON or of another shape.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }

    /// Reads an already decoded JSON value as a typed one.
    ///
    /// - Throws: `DecodingError` when the shape does not fit.
    package static func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws -> Value {
        try decode(type, from: encode(value))
    }
}
