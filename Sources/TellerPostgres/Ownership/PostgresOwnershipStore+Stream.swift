internal import PostgresClient
public import Teller

/// Opening of a stream: found and checked, or adopted where no choice is needed.
extension PostgresOwnershipStore {
  /// Finds the stream of this topic and checks it, or adopts it where no choice is needed, in one
  /// transaction.
  public func openStream(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity {
    do throws(StoreFailure) {
      try execute("begin")
      _ = try query(OwnershipStatements.adoptionLock) { $0.text(sighting.topic) }
    } catch {
      throw .store(error)
    }
    do throws(StreamRefusal) {
      let identity: StreamIdentity
      if let known = try found(sighting) { identity = known } else { identity = try adopted(sighting) }
      if let refusal = identity.mismatch(with: sighting) { throw refusal }
      try store { () throws(StoreFailure) in try execute("commit") }
      _ = try store { () throws(StoreFailure) in try observeServer() }
      return identity
    } catch {
      try? execute("rollback")
      throw error
    }
  }

  private func found(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity? {
    try store { () throws(StoreFailure) in
      let rows = try query(OwnershipStatements.stream) { $0.text(sighting.topic) }
      return try read(rows) { rows throws(PostgresError) -> StreamIdentity? in
        guard rows.count == 1 else { return nil }
        return StreamIdentity(
          id: try rows.int4(0, 0), topic: sighting.topic, incarnation: try rows.int4(0, 1),
          clusterID: try rows.text(0, 2), partitionCount: try rows.int4(0, 3),
          placement: Placement(name: try rows.text(0, 4)) ?? .unverified, group: try rows.text(0, 5))
      }
    }
  }

  private func adopted(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity {
    if let refusal = sighting.adoptionRefusal { throw refusal }
    let count = Int32(sighting.logRanges.count)
    return try store { () throws(StoreFailure) in
      let added = try query(OwnershipStatements.insertStream) {
        $0.text(sighting.topic)
        $0.text(sighting.group)
      }
      let id = try read(added) { rows throws(PostgresError) in try rows.int4(0, 0) }
      let identity = StreamIdentity(
        id: id, topic: sighting.topic, incarnation: 1, clusterID: sighting.clusterID, partitionCount: count,
        placement: .hashed(.murmur2), group: sighting.group)
      _ = try query(OwnershipStatements.insertIncarnation) {
        $0.int4(id)
        $0.int4(1)
        $0.text(sighting.clusterID)
        $0.int4(count)
        $0.text(identity.placement.name)
      }
      _ = try query(OwnershipStatements.insertPartitions) {
        $0.int4(id)
        $0.int4(1)
        $0.int4(count)
      }
      return identity
    }
  }

  private func store<Result>(
    _ body: () throws(StoreFailure) -> Result
  ) throws(StreamRefusal) -> Result {
    do throws(StoreFailure) {
      return try body()
    } catch {
      throw .store(error)
    }
  }
}
