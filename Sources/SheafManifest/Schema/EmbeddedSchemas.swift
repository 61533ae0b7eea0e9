private import CManifestSchemas

/// The files of the manifest language that are part of the program.
enum EmbeddedSchemas {
    /// The bytes of a file such as `kinds/service.yaml`, or of a meta-schema by its URI; nil for an unknown one.
    static func bytes(_ name: String) -> [UInt8]? {
        files.first { String(cString: $0.name) == name }
            .map { [UInt8](UnsafeBufferPointer(start: $0.bytes, count: $0.count)) }
    }

    /// The names of all files, in order.
    static var names: [String] { files.map { String(cString: $0.name) } }

    private static var files: UnsafeBufferPointer<sheaf_embedded_schema> {
        UnsafeBufferPointer(start: sheaf_embedded_schemas(), count: sheaf_embedded_schema_count())
    }
}
