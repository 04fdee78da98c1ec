import TellerPostgres

extension CommandFailure {
  /// An operator's wish was refused. Nothing was changed.
  init(_ refusal: OperatorRefusal, partition: Int32, of topic: String) {
    let name = "partition \(partition) of \(topic)"
    func refuse(_ code: String, _ what: String, hint: String) -> CommandFailure {
      CommandFailure(.wrongUsage, code: code, what: what, meaning: "nothing was changed", hint: hint)
    }
    switch refusal {
    case .unknownPartition:
      self = refuse(
        "no_partition", "there is no \(name) in the stream's open incarnation",
        hint: "see teller status for its partitions")
    case .notHalted:
      self = refuse("not_halted", "\(name) is not halted", hint: "see teller status")
    case .isOwned(let owner):
      self = refuse(
        "owned", "\(name) is not halted, and its owner \(owner) is alive",
        hint: "a skip is for a partition that stands still; to skip all the same, stop the workers first")
    case .goesBack(let next):
      self = refuse(
        "goes_back", "\(name) stands at offset \(next), and a skip only goes forward",
        hint: "what is decided stays decided; give an offset above \(next)")
    case .moved(let next):
      self = refuse(
        "moved", "\(name) moved to offset \(next) meanwhile", hint: "look at teller status, and ask again")
    case .database(let error): self.init(error)
    }
  }
}
