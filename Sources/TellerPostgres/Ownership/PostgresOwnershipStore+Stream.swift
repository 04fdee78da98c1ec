internal import PostgresClient
public import Teller

/// Opening of a stream: found and checked, or adopted where no choice is needed.
extension PostgresOwnershipStore {
  /// Finds the stream of this topic and checks it, or adopts it where no choice is needed, in one
  /// transaction.
  public func openStream(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity {
    try openStream(
      sighting, record: AdoptionRecord(startedFrom: StartChoice.earliest.name, adoptedBy: "a worker"))
  }

  /// The same, with what the adoption shall record if there is one.
  public func openStream(
    _ sighting: StreamSighting, record: AdoptionRecord
  ) throws(StreamRefusal) -> StreamIdentity {
    let identity = try inAdoption(of: sighting.topic) { () throws(StreamRefusal) in
      let known = try store { () throws(StoreFailure) in try openIdentity(of: sighting.topic) }
      guard let known else { return try adopted(sighting, record) }
      if let refusal = known.mismatch(with: sighting) { throw refusal }
      return known
    }
    _ = try store { () throws(StoreFailure) in try observeServer() }
    return identity
  }

  private func adopted(
    _ sighting: StreamSighting, _ record: AdoptionRecord
  ) throws(StreamRefusal) -> StreamIdentity {
    if let refusal = sighting.adoptionRefusal { throw refusal }
    let adoption = StreamAdoption(
      sighting: sighting, placement: sighting.placement ?? .hashed(.murmur2),
      starts: sighting.logRanges.map(\.lowerBound), record: record)
    return try store { () throws(StoreFailure) in try insert(adoption) }
  }
}
