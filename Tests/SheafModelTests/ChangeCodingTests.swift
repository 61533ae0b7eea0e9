import FoundationEssentials
import SheafModel
import Testing

/// Changes and steps as the journal and saved plans keep them.
@Suite struct ChangeCodingTests {
    private let id = ResourceID(kind: .service, workspace: "shop", name: "web")

    /// As the version before undo and interruption wrote it, in the journal of an apply that was killed.
    private let old = """
        {"change":{"action":"update","differences":[{"after":2,"before":1,"isSecret":false,"path":"service.servicePort"}],\
        "handsOver":true,"reasons":["1 field differs"],"resource":"service:web:shop"},"before":{"generation":1,"resource":\
        {"attachments":[],"dependencies":[],"id":"service:web:shop","item":"web","manifest":{},"references":[]}},\
        "after":{"generation":2,"resource":{"attachments":[],"dependencies":[],"id":"service:web:shop","item":"web",\
        "manifest":{},"references":[]}},"deletesData":false,"facts":{},"order":0,"runsJobs":true}
        """

    @Test func aStepOfAnEarlierVersionIsRead() throws {
        let step = try CanonicalJSON.decode(Step.self, from: Data(old.utf8))
        #expect(step.change.action == .update)
        #expect(step.change.undo == .reversible)
        #expect(step.change.affects.isEmpty && step.change.interruption == .none)
        #expect(!step.isInPlace, "it replaced something, whatever it was called")
        #expect(step.replaced?.generation == 1 && step.added?.generation == 2)
    }

    @Test(arguments: [
        (Undo.reversible, #"{"kind":"reversible"}"#),
        (.compensated(how: "so"), #"{"how":"so","kind":"compensated"}"#),
        (.none(why: "it writes"), #"{"kind":"none","why":"it writes"}"#),
    ])
    func undosHaveAStableForm(undo: Undo, text: String) throws {
        let data = try CanonicalJSON.encode(undo)
        #expect(String(decoding: data, as: UTF8.self) == text)
        #expect(try CanonicalJSON.decode(Undo.self, from: data) == undo)
    }

    @Test func aChangeComesBackAsItWasWritten() throws {
        let change = Change(
            action: .replace,
            resource: id,
            reasons: ["because"],
            differences: [.init(path: "a", before: nil, after: .integer(1))],
            handsOver: true,
            undo: .compensated(how: "so"),
            affects: [id],
            affectsMore: 2,
            interruption: Interruption(.handover, processes: 1)
        )
        #expect(try CanonicalJSON.decode(Change.self, from: CanonicalJSON.encode(change)) == change)
    }

    @Test func interruptionsAreWords() {
        #expect(Interruption.none.description == "no interruption")
        #expect(Interruption(.restarts, processes: 1).description == "restarts 1 process")
        #expect(Interruption(.ends, processes: 2).description == "ends 2 processes")
        #expect(Interruption(.handover, processes: 1).description == "short interruption: the port is handed over")
    }
}
