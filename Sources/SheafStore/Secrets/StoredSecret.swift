package import FoundationEssentials
package import SheafModel

/// A secret that the user gave to keep, without its value.
package struct StoredSecret: Sendable, Hashable {
    package var name: String
    /// The value, sealed.
    package var sealed: SealedSecret
    /// Who set it.
    package var author: String
    package var setAt: Date
}

/// What setting a secret has changed.
package enum SecretChange: String, Sendable {
    case created, changed
    /// It had this value already.
    case unchanged
}
