public import Teller

/// One row of the outcome view: what became of one offset.
public struct SimulatedOutcome: Equatable, Sendable {
  /// The four words of the read contract.
  public enum Kind: String, Sendable {
    case applied, rejected, duplicate, dead
  }

  /// Where it stands in the log.
  public let location: Location
  /// The key; nil for a dead record without one.
  public let key: IdempotencyKey?
  /// What the request means; nil for the dead.
  public let fingerprint: Fingerprint?
  /// What became of it.
  public let kind: Kind
  /// The code of a refusal or a dead letter.
  public let code: String?
  /// Where the key was decided first, for repeats and reuses.
  public let first: Location?
  /// The epoch and place in the serial order of its batch.
  public let batch: SimulatedBatchPlace
}

/// A batch as its outcomes name it.
public struct SimulatedBatchPlace: Equatable, Sendable {
  /// The epoch under which it was committed.
  public let epoch: Int64
  /// Its place in the serial order.
  public let sequence: Int64
}

extension SimulatedTables {
  /// Every decided offset of every partition, in (sequence, offset) order.
  public var outcomes: [SimulatedOutcome] {
    let claims = Dictionary(grouping: keys, by: \.value.location)
    return batches.sorted { $0.sequence < $1.sequence }.flatMap { batch in
      batch.offsets.flatMap { offset in
        let location = Location(partition: batch.partition, offset: offset)
        return outcomes(at: location, batch, claims: claims[location] ?? [])
      }
    }
  }

  /// All that the tables say about one offset: exactly one row, where nothing is wrong, or none in a gap.
  private func outcomes(
    at location: Location, _ batch: SimulatedBatchRow, claims: [(key: SimulatedKey, value: KnownKey)]
  ) -> [SimulatedOutcome] {
    let place = SimulatedBatchPlace(epoch: batch.epoch, sequence: batch.sequence)
    var rows = claims.map { claim in
      let code = refusals[location]
      return SimulatedOutcome(
        location: location, key: claim.key.key, fingerprint: claim.value.fingerprint,
        kind: code == nil ? .applied : .rejected, code: code, first: nil, batch: place)
    }
    if let again = repeats[location] {
      rows.append(
        SimulatedOutcome(
          location: location, key: again.key, fingerprint: again.fingerprint,
          kind: again.isReuse ? .rejected : .duplicate,
          code: again.isReuse ? Decision.idempotencyKeyReused : nil, first: again.first, batch: place))
    }
    if let letter = dead[location] {
      rows.append(
        SimulatedOutcome(
          location: location, key: letter.idempotencyKey, fingerprint: nil, kind: .dead,
          code: letter.cause.code.rawValue, first: nil, batch: place))
    }
    return rows
  }
}
