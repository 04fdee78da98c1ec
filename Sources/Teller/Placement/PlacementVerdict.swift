/// What the sampled keys say about the partitioner that a person declared.
public enum PlacementVerdict: Equatable, Sendable {
  /// Nothing could be checked, and why.
  case unchecked(String)
  /// Every sampled key lies where the declared partitioner puts it.
  case fits
  /// Some do not; the rest does. They are dead as `misrouted` when they are read.
  case strays(Int)
  /// Another partitioner placed them: with the declared one, good records would be dead.
  case other(Partitioner)
  /// None of the known partitioners placed them.
  case unknown

  /// The sentence for people; a warning where records will be dead, or nothing was checked.
  public func sentence(_ placement: Placement, _ evidence: PartitionerEvidence) -> String {
    switch self {
    case .unchecked(let why): "the partitioner \(placement.name) could not be checked: \(why)"
    case .fits: "all \(evidence.keys) sampled keys lie where \(placement.name) puts them"
    case .strays(let count):
      """
      \(count) of \(evidence.keys) sampled keys do not lie where \(placement.name) puts them: such records are dead as \
      misrouted when they are read
      """
    case .other(let other): "\(other.rawValue) placed the sampled keys, not \(placement.name)"
    case .unknown: "neither \(placement.name) nor another known partitioner placed the sampled keys"
    }
  }

  /// Why the stream may not be adopted so; nil: it may.
  public func refusal(
    _ topic: String, _ placement: Placement, _ evidence: PartitionerEvidence
  ) -> StreamRefusal? {
    let hint: String
    switch self {
    case .unchecked, .fits, .strays: return nil
    case .other(let other):
      hint = """
        Declare it: --partitioner \(other.rawValue). With \(placement.name) good records would be dead as misrouted.
        """
    case .unknown:
      hint = """
        See how the producers place keys: keyed by the debit account, with the client's own partitioner, over all \
        partitions. --partitioner unverified gives the check up.
        """
    }
    return .otherStream(
      "topic \(topic): \(sentence(placement, evidence)) (\(evidence.sentence))", hint: hint)
  }
}

extension PartitionerEvidence {
  /// From this share of the keys on, a partitioner counts as one that placed them.
  static let shareOfMany = 0.5
  /// Below this share nothing speaks for a partitioner.
  static let shareOfFew = 0.25

  /// Judges the declared placement.
  ///
  /// - Nothing is checked with one partition (everything fits), with fewer than ``keysMin`` distinct keys, or where the
  ///   placement is declared as not known.
  /// - Another partitioner is named where it placed at least half of the keys (chance taken off, see `share`), and at
  ///   least twice as many keys fit it alone as fit the declared one alone, 3 or more. Only the keys that tell the two
  ///   apart count. Where the declared one is right, that many speak for it: with 20 keys and 2 partitions the odds
  ///   of a false refusal are 1 to 50,000, and less with more of either.
  /// - No known partitioner placed them where none reaches half and the declared one not even a quarter.
  /// - Else the declared one stands, and what does not fit it is counted.
  public func verdict(on placement: Placement) -> PlacementVerdict {
    guard case .hashed(let declared) = placement else {
      return .unchecked("it was declared as not known, so misplaced records are not noticed")
    }
    if partitionCount == 1 { return .unchecked("the topic has one partition, where every key fits") }
    if keys < Self.keysMin {
      let found = keys == 0 ? "no record with a key" : "only \(keys) distinct keys"
      return .unchecked("there is \(found) to look at, and \(Self.keysMin) are needed")
    }
    let strays = keys - fits(declared)
    if strays == 0 { return .fits }
    let others = Partitioner.allCases.filter { $0 != declared }.sorted { fits($0) > fits($1) }
    if let best = others.first(where: { isMarkedlyBetter($0, than: declared) }) { return .other(best) }
    let highest = Partitioner.allCases.map(share).max() ?? 0
    if highest < Self.shareOfMany, share(declared) < Self.shareOfFew { return .unknown }
    return .strays(strays)
  }

  private func isMarkedlyBetter(_ other: Partitioner, than declared: Partitioner) -> Bool {
    let (forOther, forDeclared) = (fits(other, not: declared), fits(declared, not: other))
    return share(other) >= Self.shareOfMany && forOther >= 3 && forOther >= 2 * forDeclared
  }
}
