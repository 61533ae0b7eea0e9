extension ResolvedResource {
    /// The port of the machine that the resource serves on; nil for all but services.
    package var hostPort: Int? {
        guard id.kind == .service else { return nil }
        if let port = section["servicePort"]?.integerValue { return Int(port) }
        let stack = section["stack"]?.stringValue.flatMap(BuiltInStack.init(reference:))
        return stack == .steampipe ? BuiltInStack.steampipePort : nil
    }
}

extension BuiltInStack {
    /// The port of `steampipe service start` where nothing else is said.
    package static let steampipePort = 9193
}
