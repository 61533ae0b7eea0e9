internal import SheafModel

extension AttachmentCollector {
    /// Reads the image that a workload names as a file of the bundle; any other name of an image is left alone.
    mutating func attachImage(_ workload: ManifestNode, _ attachments: inout [Attachment]) throws -> ManifestNode {
        guard workload["stack"]?.text.flatMap(BuiltInStack.init(reference:)) == .container,
            let spec = workload["stackSpec"], let name = spec["image"], let text = name.text,
            var image = BundledImage(text)
        else { return workload }
        guard let (path, bytes) = try loader.find(ManifestNode(text: image.path, span: name.span)) else {
            return workload
        }
        image.path = path
        note(bytes, as: .image, named: image.text, path: path, in: &attachments)
        let changed = ManifestNode(text: image.text, span: name.span)
        return workload.setting("stackSpec", to: spec.setting("image", to: changed))
    }
}
