/// The containers of one home that an engine knows, running or not.
struct ContainerList: Sendable {
    /// Their names.
    let names: Set<String>

    /// Asks the engine.
    ///
    /// - Returns: nil when it does not answer: then nothing can be said.
    init?(_ engine: ContainerEngine, home: ExecutorHome, _ silence: EngineSilence) async {
        // An engine that cannot be asked says nothing about a container; its workloads are seen by their processes.
        let words = [
            "ps", "--all", "--filter", "label=\(ContainerName.homeLabel)=\(home.path)", "--format", "{{.Names}}",
        ]
        let answer = await silence.ask(engine, words, within: EngineCall.answerTime)
        guard let answer, answer.isSuccess else { return nil }
        names = Set(answer.output.split(separator: "\n").map(String.init))
    }
}
