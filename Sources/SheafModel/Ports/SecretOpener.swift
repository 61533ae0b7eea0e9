/// Opens sealed secrets, at the one place where their values are needed: where a workload is made.
package protocol SecretOpener: Sendable {
    /// The value of a sealed secret.
    ///
    /// - Throws: A `SheafError` when the key is missing or another one, or when the text was changed.
    func open(_ secret: SealedSecret) throws -> SecretText
}
