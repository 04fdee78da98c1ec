internal import PostgresClient
public import Teller

/// Adoption by a person's choice, and closing of the incarnation before.
extension PostgresOwnershipStore {
  /// The incarnation of a topic's stream that workers may own, with its positions; nil: nobody has adopted the topic.
  public func openIncarnation(of topic: String) throws(StoreFailure) -> OpenIncarnation? {
    guard let identity = try openIdentity(of: topic) else { return nil }
    let rows = try query(AdoptionStatements.positions) {
      $0.int4(identity.id)
      $0.int4(identity.incarnation)
    }
    let positions = try read(rows) { rows throws(PostgresError) in try RecordedPosition.all(in: rows) }
    return OpenIncarnation(identity: identity, positions: positions)
  }

  /// Writes an adoption in one transaction: the stream's first incarnation, or the next one, with the former closed.
  ///
  /// The former's owner rows are locked in the order of their ids, so a batch in flight ends first; their epochs are
  /// raised and their owners cleared, so whoever still writes to it is fenced, and no takeover matches it any more.
  ///
  /// - Throws: a refusal where the stream is not what it was when the adoption was prepared: somebody else adopted it,
  ///   or a worker decided something meanwhile.
  public func adopt(_ adoption: StreamAdoption) throws(StreamRefusal) -> StreamIdentity {
    try inAdoption(of: adoption.sighting.topic) { () throws(StreamRefusal) in
      let open = try store { () throws(StoreFailure) in try openIdentity(of: adoption.sighting.topic) }
      guard open == adoption.former?.identity else { throw Self.overtaken(adoption, by: open) }
      if let former = adoption.former { try close(former) }
      return try store { () throws(StoreFailure) in try insert(adoption) }
    }
  }

  /// Runs a transaction in which nobody else adopts the topic.
  func inAdoption(
    of topic: String, _ body: () throws(StreamRefusal) -> StreamIdentity
  ) throws(StreamRefusal) -> StreamIdentity {
    do throws(StreamRefusal) {
      try store { () throws(StoreFailure) in
        try execute("begin")
        _ = try query(OwnershipStatements.adoptionLock) { $0.text(topic) }
      }
      let identity = try body()
      try store { () throws(StoreFailure) in try execute("commit") }
      return identity
    } catch {
      try? execute("rollback")
      throw error
    }
  }

  func openIdentity(of topic: String) throws(StoreFailure) -> StreamIdentity? {
    let rows = try query(OwnershipStatements.stream) { $0.text(topic) }
    return try read(rows) { rows throws(PostgresError) -> StreamIdentity? in
      guard rows.count == 1 else { return nil }
      return StreamIdentity(
        id: try rows.int4(0, 0), topic: topic, incarnation: try rows.int4(0, 1),
        clusterID: try rows.text(0, 2), partitionCount: try rows.int4(0, 3),
        placement: Placement(name: try rows.text(0, 4)) ?? .unverified, group: try rows.text(0, 5))
    }
  }

  func insert(_ adoption: StreamAdoption) throws(StoreFailure) -> StreamIdentity {
    let (sighting, former) = (adoption.sighting, adoption.former?.identity)
    let id: Int32
    if let former {
      id = former.id
      _ = try query(AdoptionStatements.setGroup) {
        $0.int4(id)
        $0.text(sighting.group)
      }
    } else {
      let added = try query(AdoptionStatements.insertStream) {
        $0.text(sighting.topic)
        $0.text(sighting.group)
      }
      id = try read(added) { rows throws(PostgresError) in try rows.int4(0, 0) }
    }
    let identity = StreamIdentity(
      id: id, topic: sighting.topic, incarnation: (former?.incarnation ?? 0) + 1,
      clusterID: sighting.clusterID,
      partitionCount: Int32(sighting.logRanges.count), placement: adoption.placement, group: sighting.group)
    try insert(identity, adoption)
    return identity
  }

  private func insert(_ identity: StreamIdentity, _ adoption: StreamAdoption) throws(StoreFailure) {
    _ = try query(AdoptionStatements.insertIncarnation) {
      $0.int4(identity.id)
      $0.int4(identity.incarnation)
      $0.text(identity.clusterID)
      $0.int4(identity.partitionCount)
      $0.text(identity.placement.name)
      $0.text(adoption.record.startedFrom)
      $0.text(adoption.record.adoptedBy)
      $0.text(adoption.record.keySample)
    }
    let (starts, anchors) = (adoption.starts, adoption.anchors)
    _ = try query(AdoptionStatements.insertPartitions) {
      $0.int4(identity.id)
      $0.int4(identity.incarnation)
      $0.int8s(count: starts.count) { starts[$0] }
      $0.int8s(count: anchors.count, optional: { anchors[$0]?.offset })
      $0.byteas(anchors.map { $0?.digest })
    }
  }

  private func close(_ former: OpenIncarnation) throws(StreamRefusal) {
    let known = former.identity
    let rows = try store { () throws(StoreFailure) in
      try query(AdoptionStatements.lockOwners) { Self.fill(&$0, known) }
    }
    let found = try store { () throws(StoreFailure) in
      try read(rows) { rows throws(PostgresError) in
        var found: [Int32: Int64] = [:]
        for row in 0..<rows.count { found[try rows.int4(row, 0)] = try rows.int8(row, 1) }
        return found
      }
    }
    for position in former.positions where found[position.partition] != position.nextOffset {
      throw .otherStream(
        """
        a worker decided records of partition \(position.partition) meanwhile: it stood at \(position.nextOffset) and \
        is at \(found[position.partition] ?? -1)
        """,
        hint: "Stop the workers of topic \(known.topic), see what they read, and adopt again.")
    }
    try store { () throws(StoreFailure) in
      _ = try query(AdoptionStatements.closeOwners) { Self.fill(&$0, known) }
      _ = try query(AdoptionStatements.closeIncarnation) { Self.fill(&$0, known) }
    }
  }

  private static func fill(_ parameters: inout Parameters, _ identity: StreamIdentity) {
    parameters.int4(identity.id)
    parameters.int4(identity.incarnation)
  }

  private static func overtaken(_ adoption: StreamAdoption, by open: StreamIdentity?) -> StreamRefusal {
    let now = open.map {
      "it is incarnation \($0.incarnation) now, cluster \($0.clusterID), group \($0.group)"
    }
    return .otherStream(
      "somebody else adopted topic \(adoption.sighting.topic) meanwhile: \(now ?? "it is not there any more")",
      hint: "See teller stream show --topic \(adoption.sighting.topic). Nothing was written.")
  }

  func store<Result>(
    _ body: () throws(StoreFailure) -> Result
  ) throws(StreamRefusal) -> Result {
    do throws(StoreFailure) {
      return try body()
    } catch {
      throw .store(error)
    }
  }
}

extension RecordedPosition {
  /// The rows of `AdoptionStatements.positions`.
  static func all(in rows: Rows) throws(PostgresError) -> [RecordedPosition] {
    var positions: [RecordedPosition] = []
    for row in 0..<rows.count {
      positions.append(
        RecordedPosition(
          partition: try rows.int4(row, 0), startOffset: try rows.int8(row, 1),
          nextOffset: try rows.int8(row, 2), publishedOffset: try rows.int8(row, 3),
          anchors: Anchors(last: try anchor(rows, row, 4), checkpoint: try anchor(rows, row, 6)),
          haltedReason: try rows.optionalText(row, 8)))
    }
    return positions
  }

  private static func anchor(_ rows: Rows, _ row: Int, _ column: Int) throws(PostgresError) -> Anchor? {
    try rows.isNull(row, column)
      ? nil : Anchor(offset: try rows.int8(row, column), digest: try rows.bytes(row, column + 1))
  }
}
