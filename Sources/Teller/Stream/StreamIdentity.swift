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
        hint: "Point --brokers at the cluster the stream was adopted from. Nothing was read or written.")
    }
    if sighting.logRanges.count != Int(partitionCount) {
      return .otherStream(
        "topic \(topic) was adopted with \(partitionCount) partitions and now has \(sighting.logRanges.count)",
        hint:
          "Keys may hash elsewhere by now, so nothing is decided. Drain the old stream, then publish to a topic of another name."
      )
    }
    if sighting.group != group {
      return .otherStream(
        "topic \(topic) is worked on by consumer group \(group), not \(sighting.group)",
        hint:
          "Start the worker with --group \(group). Two groups would take the partitions from each other for ever."
      )
    }
    return nil
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

  /// A sighting from its parts.
  public init(topic: String, clusterID: String, logRanges: [Range<Int64>], group: String) {
    self.topic = topic
    self.clusterID = clusterID
    self.logRanges = logRanges
    self.group = group
  }

  /// Why a topic that nobody chose a start for may not be adopted from offset 0; nil: it may.
  public var adoptionRefusal: StreamRefusal? {
    guard !logRanges.isEmpty else {
      return .otherStream("topic \(topic) does not exist", hint: "Create it, or check --topic and --brokers.")
    }
    guard let missing = logRanges.firstIndex(where: { $0.lowerBound > 0 }) else { return nil }
    return .otherStream(
      "topic \(topic) no longer begins at offset 0: partition \(missing) starts at \(logRanges[missing].lowerBound)",
      hint:
        "Records before it can't be read any more, and where to start is not guessed. Publish to a new topic. Nothing was taken."
    )
  }
}

/// Why a stream was not opened.
public enum StreamRefusal: Error, Equatable, Sendable {
  /// It is not the stream that was adopted, or may not be adopted as it is.
  case otherStream(String, hint: String)
  /// The database could not say.
  case store(StoreFailure)
}
