internal import SheafModel

/// Reads the files that resources carry with them.
struct AttachmentCollector {
    var loader: ManifestLoader
    private(set) var contents: [Digest: [UInt8]] = [:]

    init(loader: ManifestLoader) { self.loader = loader }

    /// Reads a manifest's files and puts their paths in the bundle in the place of the written ones.
    ///
    /// - Returns: The attachments in the order of the manifest, each once.
    /// - Throws: What the bundle's files throw.
    mutating func collect(_ manifest: inout ReadManifest) throws -> [Attachment] {
        var attachments: [Attachment] = []
        if manifest.kind == .secret || manifest.kind == .instanceSecret, let section = manifest.section {
            let changed = try attach("files", .secretFile, section.value, &attachments)
            manifest.node = manifest.node.setting(section.key, to: changed)
        }
        try manifest.mapWorkloads { workload in
            try attachImage(attach("configs", .config, workload, &attachments), &attachments)
        }
        var seen: Set<Attachment> = []
        return attachments.filter { seen.insert($0).inserted }
    }

    /// Keeps what a file holds, and that the resource carries it.
    mutating func note(
        _ bytes: [UInt8],
        as role: Attachment.Role,
        named name: String,
        path: String,
        in attachments: inout [Attachment]
    ) {
        let digest = Digest(of: bytes)
        contents[digest] = bytes
        attachments.append(Attachment(role: role, name: name, path: path, digest: digest))
    }

    private mutating func attach(
        _ key: String,
        _ role: Attachment.Role,
        _ owner: ManifestNode,
        _ attachments: inout [Attachment]
    ) throws -> ManifestNode {
        guard let map = owner[key], var entries = map.entries else { return owner }
        for index in entries.indices {
            guard let (path, bytes) = try loader.find(entries[index].value) else { continue }
            note(bytes, as: role, named: entries[index].key, path: path, in: &attachments)
            entries[index].value = ManifestNode(text: path, span: entries[index].value.span)
        }
        return owner.setting(key, to: ManifestNode(.mapping(entries), span: map.span))
    }
}
