/// How a new instance of a service takes the place of the old one, as the bundle asks for it.
///
/// The bundle's `properties` hold it: `sheaf.dev/update` for all of its services, `sheaf.dev/update-services` for some by
/// name.
package enum UpdateRule: String, Codable, Hashable, Sendable, CaseIterable {
    /// The new one is started beside the old one, and the gateway switches to it once it is ready.
    case blueGreen = "blue-green"
    /// The new one takes the port of the old one over, which ends before.
    case handover

    /// The keys in the properties of a bundle.
    package static let property = "sheaf.dev/update"
    package static let servicesProperty = "sheaf.dev/update-services"

    /// What a bundle asks for one of its services; nil when it says nothing.
    ///
    /// - Parameters:
    ///   - properties: Of the bundle, checked already: what makes no sense in them is taken as absent.
    ///   - service: Its name.
    package init?(in properties: JSONValue?, ofService service: String) {
        let text = properties?[Self.servicesProperty]?[service]?.stringValue ?? properties?[Self.property]?.stringValue
        guard let rule = text.flatMap(UpdateRule.init(rawValue:)) else { return nil }
        self = rule
    }
}
