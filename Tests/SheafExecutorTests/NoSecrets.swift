import SheafModel

/// For tests in which nothing is sealed.
struct NoSecrets: SecretOpener {
    struct Closed: Error {}

    func open(_ secret: SealedSecret) throws -> SecretText { throw Closed() }
}

/// Opens what a key sealed.
struct KeyOpener: SecretOpener {
    let key: SealingKey

    func open(_ secret: SealedSecret) throws -> SecretText { try key.open(secret) }
}
