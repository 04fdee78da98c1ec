/// How a stream came to be adopted: what its incarnation's row remembers.
public struct AdoptionRecord: Equatable, Sendable {
  /// How the start was chosen: `earliest`, `end`, `group:NAME` or `offsets`.
  public let startedFrom: String
  /// Who chose it: the user of the operating system, and the machine.
  public let adoptedBy: String
  /// What a sample of the keys showed; nil where none was taken.
  public let keySample: String?

  /// A record from its parts.
  public init(startedFrom: String, adoptedBy: String, keySample: String? = nil) {
    self.startedFrom = startedFrom
    self.adoptedBy = adoptedBy
    self.keySample = keySample
  }
}

/// All that an adoption writes: decided by a person, or by the first worker on a log that begins at 0.
public struct StreamAdoption: Equatable, Sendable {
  /// The topic as the broker shows it, and the group that shall work on it.
  public let sighting: StreamSighting
  /// How its producers place keys.
  public let placement: Placement
  /// The first offset to decide, by partition.
  public let starts: [Int64]
  /// The record before each start, where there is one: so a log that is replaced before anything is decided is noticed.
  public let anchors: [Anchor?]
  /// How it was chosen.
  public let record: AdoptionRecord
  /// The incarnation that this one follows, as it was when it was compared with the log; nil: the topic's first.
  public let former: OpenIncarnation?

  /// An adoption from its parts; there is a start, and room for an anchor, for each partition of the sighting.
  public init(
    sighting: StreamSighting, placement: Placement, starts: [Int64], anchors: [Anchor?]? = nil,
    record: AdoptionRecord, former: OpenIncarnation? = nil
  ) {
    precondition(starts.count == sighting.logRanges.count, "each partition has one start")
    precondition(anchors.map { $0.count == starts.count } ?? true, "each partition may have one anchor")
    self.sighting = sighting
    self.placement = placement
    self.starts = starts
    self.anchors = anchors ?? Array(repeating: nil, count: starts.count)
    self.record = record
    self.former = former
  }
}

/// The incarnation of a stream that workers may own, with its positions.
public struct OpenIncarnation: Equatable, Sendable {
  /// What was adopted.
  public let identity: StreamIdentity
  /// By the partition's number.
  public let positions: [RecordedPosition]

  /// Whether anything of it was decided.
  var hasDecided: Bool { positions.contains { $0.nextOffset > $0.startOffset } }

  /// An incarnation from its parts.
  public init(identity: StreamIdentity, positions: [RecordedPosition]) {
    self.identity = identity
    self.positions = positions
  }
}

/// How far one partition is, and what its log looked like there.
public struct RecordedPosition: Equatable, Sendable {
  /// Kafka's partition number.
  public let partition: Int32
  /// Where the incarnation began.
  public let startOffset: Int64
  /// The first offset not yet decided.
  public let nextOffset: Int64
  /// The first offset whose event is not published.
  public let publishedOffset: Int64
  /// What the log looked like.
  public let anchors: Anchors
  /// Why it stands still; nil: it does not.
  public let haltedReason: String?

  /// A position from its parts.
  public init(
    partition: Int32, startOffset: Int64, nextOffset: Int64, publishedOffset: Int64,
    anchors: Anchors = Anchors(),
    haltedReason: String? = nil
  ) {
    self.partition = partition
    self.startOffset = startOffset
    self.nextOffset = nextOffset
    self.publishedOffset = publishedOffset
    self.anchors = anchors
    self.haltedReason = haltedReason
  }
}
