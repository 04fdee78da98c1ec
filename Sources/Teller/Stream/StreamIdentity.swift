/// A topic as adopted: what makes it the same stream tomorrow.
public struct StreamIdentity: Equatable, Sendable {
  /// The database's number for the stream: idempotency keys are remembered under it.
  public let id: Int32
  /// The topic's name.
  public let topic: String
  /// Which life of the topic this is; a recreated topic is adopted as the next one.
  public let incarnation: Int32
  /// The broker cluster's id.
  public let clusterID: String
  /// How many partitions it was adopted with: the placement of keys depends on it.
  public let partitionCount: Int32
  /// How its producers place keys.
  public let placement: Placement
  /// The consumer group that may work on it.
  public let group: String

  /// An identity as recorded.
  public init(
    id: Int32, topic: String, incarnation: Int32, clusterID: String, partitionCount: Int32,
    placement: Placement,
    group: String
  ) {
    self.id = id
    self.topic = topic
    self.incarnation = incarnation
    self.clusterID = clusterID
    self.partitionCount = partitionCount
    self.placement = placement
    self.group = group
  }

  /// The first thing in which what is there differs from what was adopted, with what to do; nil: the same stream.
  public func mismatch(with sighting: StreamSighting) -> StreamRefusal? {
    if sighting.clusterID != clusterID {
      return .otherStream(
        "topic \(topic) belongs to Kafka cluster \(clusterID), but the brokers given are cluster \(sighting.clusterID)",
        hint: """
          Point --brokers at the cluster the stream was adopted from. Nothing was read or written. If the topic moved for \
          good: teller stream adopt --topic \(topic) --other-cluster --from …
          """)
    }
    if sighting.logRanges.count != Int(partitionCount) { return otherCount(Int32(sighting.logRanges.count)) }
    if sighting.group != group {
      return .otherStream(
        "topic \(topic) is worked on by consumer group \(group), not \(sighting.group)",
        hint:
          "Start the worker with --group \(group). Two groups would take the partitions from each other for ever."
      )
    }
    if let declared = sighting.placement, declared != placement {
      return .otherStream(
        "topic \(topic) was adopted with the partitioner \(placement.name), not \(declared.name)",
        hint:
          "Start the worker without --partitioner, or see why it should be another one: teller stream show.")
    }
    return nil
  }

  private func otherCount(_ count: Int32) -> StreamRefusal {
    if count == 0 {
      return .otherStream(
        "topic \(topic), adopted with \(partitionCount) partitions, does not exist on these brokers",
        hint: """
          Check --brokers. If it was deleted: create it again, then teller stream adopt --topic \(topic) --from earliest. \
          Its keys stay remembered.
          """)
    }
    return .otherStream(
      "topic \(topic) was adopted with \(partitionCount) partitions and now has \(count)",
      hint: count > partitionCount
        ? """
        Keys may hash elsewhere by now, so nothing is decided. Publish to a topic of another name. If this one was \
        recreated: teller stream adopt --topic \(topic) --from earliest
        """
        : """
        A topic never loses partitions: it was recreated. Adopt it: teller stream adopt --topic \(topic) --from earliest
        """)
  }
}

/// How a stream's producers place keys.
public enum Placement: Equatable, Sendable {
  /// By this hash of the key; a record elsewhere is dead as `misrouted`.
  case hashed(Partitioner)
  /// Not known: placement is not checked.
  case unverified

  /// The name in the database.
  public init?(name: String) {
    if name == "unverified" {
      self = .unverified
    } else if let partitioner = Partitioner(rawValue: name) {
      self = .hashed(partitioner)
    } else {
      return nil
    }
  }

  /// The name in the database.
  public var name: String {
    switch self {
    case .hashed(let partitioner): partitioner.rawValue
    case .unverified: "unverified"
    }
  }
}

/// What the broker shows of a topic, and the group that asks.
public struct StreamSighting: Equatable, Sendable {
  /// The topic's name.
  public let topic: String
  /// The cluster's id.
  public let clusterID: String
  /// First kept offset and end of each partition, by its number.
  public let logRanges: [Range<Int64>]
  /// The consumer group that wants to work on it.
  public let group: String
  /// How who asks says that its producers place keys; nil: as recorded, and `murmur2` for a stream not adopted yet.
  public let placement: Placement?

  /// A sighting from its parts.
  public init(
    topic: String, clusterID: String, logRanges: [Range<Int64>], group: String, placement: Placement? = nil
  ) {
    self.topic = topic
    self.clusterID = clusterID
    self.logRanges = logRanges
    self.group = group
    self.placement = placement
  }

  /// The same topic, with the group and the placement that somebody wants.
  public func asked(by group: String, placement: Placement?) -> StreamSighting {
    StreamSighting(
      topic: topic, clusterID: clusterID, logRanges: logRanges, group: group, placement: placement)
  }

  /// Why nothing can be adopted: there is no such topic; nil: there is.
  var absence: StreamRefusal? {
    guard logRanges.isEmpty else { return nil }
    return .otherStream("topic \(topic) does not exist", hint: "Create it, or check --topic and --brokers.")
  }

  /// Why a topic that nobody chose a start for may not be adopted from offset 0; nil: it may.
  public var adoptionRefusal: StreamRefusal? {
    if let absence { return absence }
    guard let missing = logRanges.firstIndex(where: { $0.lowerBound > 0 }) else { return nil }
    return .otherStream(
      "topic \(topic) no longer begins at offset 0: partition \(missing) starts at \(logRanges[missing].lowerBound)",
      hint: """
        Records before it can't be read any more, and where to start is not guessed. Choose: teller stream adopt \
        --topic \(topic) --from earliest|end|group:NAME|offsets:FILE. Nothing was taken.
        """)
  }
}

/// Why a stream was not opened.
public enum StreamRefusal: Error, Equatable, Sendable {
  /// It is not the stream that was adopted, or may not be adopted as it is.
  case otherStream(String, hint: String)
  /// The database could not say.
  case store(StoreFailure)
}
