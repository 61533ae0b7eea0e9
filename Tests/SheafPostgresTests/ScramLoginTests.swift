import SheafPostgres
import Testing

@Suite struct ScramLoginTests {
    /// The example of RFC 7677.
    private var login: ScramLogin { ScramLogin(user: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO") }
    private let challenge =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

    @Test func provesThePasswordAsTheStandardSays() throws {
        var login = login
        #expect(login.first == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(
            try login.answer(to: challenge)
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        )
        try login.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    }

    @Test func refusesAServerThatDoesNotKnowThePassword() throws {
        var login = login
        #expect(throws: PostgresError.self) { try login.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") }
        _ = try login.answer(to: challenge)
        #expect(throws: PostgresError.self) { try login.verify("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") }
        #expect(throws: PostgresError.self) { try login.verify("e=other-error") }
    }

    @Test(arguments: [
        "", "r=other,s=W22Z,i=4096", "r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=0", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=99999999999",
    ])
    func refusesAChallengeThatIsNone(challenge: String) {
        var login = login
        #expect(throws: PostgresError.self) { try login.answer(to: challenge) }
    }
}
